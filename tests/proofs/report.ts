/** The results of a run, for people and as JSON. */
import type { Attempt } from './client.ts'
import { isBad, median, recoveries } from './probes.ts'
import { brokenBy, type Result } from './run.ts'

export function reportOf(result: Result) {
  const { injections, crowd, probes, begun, ended, journal, rest, sagas, findings, breaches, injector, kills } = result
  const attempts = [...crowd, ...probes]
  return {
    seconds: Math.round((ended - begun) / 1_000),
    faults: injections.length,
    kills,
    crashPoints: Object.fromEntries(injector.hits),
    crashPointsNotReached: injector.missing(),
    endedByThemselves: injector.unexpected,
    internalErrors: result.internalErrors,
    notRun: result.notRun,
    operations: {
      begun: result.operations,
      ...journal.counts(),
      paid: journal.paid.size,
      partsCalledOff: journal.calledOff.size,
    },
    requests: { sent: attempts.length, failed: attempts.filter(isBad).length, byAnswer: answers(attempts) },
    probes: { sent: probes.length, failed: probes.filter(isBad).length, p50: median(probes.map(({ took }) => took)) },
    recoveries: recoveries(injections, attempts, ended),
    sagas,
    rest,
    invariants: findings.map(({ invariant, state, looked, offendingCount, offending, parkedCount }) => ({
      invariant,
      state,
      looked,
      offendingCount,
      offending,
      parkedCount,
    })),
    breaches,
    broken: brokenBy(result),
  }
}

export type Report = ReturnType<typeof reportOf>

function answers(attempts: readonly Attempt[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { answer } of attempts) counts[String(answer)] = (counts[String(answer)] ?? 0) + 1
  return counts
}

export function print(report: Report): void {
  const { seconds, faults, kills, operations, requests, recoveries, sagas, rest, invariants, breaches } = report
  console.log(`\n${seconds} s, ${faults} faults, ${kills} processes ended by kill -9`)
  console.log(`operations: ${JSON.stringify(operations)}`)
  console.log(`requests: ${requests.sent}, failed ${requests.failed}; ${JSON.stringify(requests.byAnswer)}`)
  console.table(
    recoveries.map(({ kind, count, unnoticed, failed, firstBad, recoveredMedian, recoveredWorst }) => ({
      fault: kind,
      times: count,
      'not noticed': unnoticed,
      'failed requests': failed,
      'first bad, ms': firstBad,
      'recovered, median ms': recoveredMedian,
      'worst ms': recoveredWorst,
    })),
  )
  console.log(`sagas: ${sagas.count}, median ${sagas.median.toFixed(2)} s, longest ${sagas.longest.toFixed(1)} s`)
  console.log(
    rest.took === null ? `NOT at rest: ${JSON.stringify(rest)}` : `at rest after ${(rest.took / 1000).toFixed(1)} s`,
  )
  console.table(
    invariants.map(({ invariant, state, looked, offendingCount }) => ({
      invariant,
      state,
      looked,
      offending: offendingCount,
    })),
  )
  for (const { invariant, offending } of invariants) {
    for (const { id, what } of offending) console.log(`  ${invariant}: ${id}: ${what}`)
  }
  for (const { invariant, what } of breaches.slice(0, 20)) console.log(`  ${invariant}: ${what}`)
  if (report.endedByThemselves.length > 0) console.log(`ended by themselves: ${report.endedByThemselves.join(', ')}`)
  for (const line of report.internalErrors.slice(0, 20)) console.log(`answered with 500: ${line}`)
  for (const line of report.notRun) console.log(`NOT RUN: ${line}`)
}
