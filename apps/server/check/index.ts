/**
 * Reads the databases of all services and the payment sandbox's ledger, and reports for each invariant whether it
 * holds. The databases are not read at one instant, and orders are in progress meanwhile. So whatever looks broken is
 * inspected again, and counts as broken only if every inspection finds it so.
 */
import { setTimeout } from 'node:timers/promises'
import { type CheckContext, openContext } from './context.ts'
import { type Finding, MAX_SHOWN } from './finding.ts'
import type { CheckOptions } from './options.ts'
import { loadInvariants, type OwnInvariant, sentencesOf } from './own.ts'
import type { Scan, Suspect } from './scan.ts'
import { scansOf } from './scans.ts'
import type { Sources } from './sources.ts'

export { type Finding, INVARIANTS, type KnownInvariant, type Offence } from './finding.ts'
export type { CheckOptions } from './options.ts'
export { type Sources, sourcesOf } from './sources.ts'

/** A scan stops after a page that brings it to this many suspects. */
const MAX_SUSPECTS = 10_000
/** Number of suspects that are inspected again at once. */
const RECHECK_BATCH_SIZE = 500

/** `own` are the invariants that services declare themselves. */
export async function checkInvariants(
  sources: Sources,
  options: CheckOptions = {},
  own?: readonly OwnInvariant[],
): Promise<Finding[]> {
  const { settle = 6, looks = 3 } = options
  const declared = own ?? (await loadInvariants())
  const sentences = sentencesOf(declared)
  const context = await openContext(sources, options)
  try {
    const results: ScanResult[] = []
    for (const scan of scansOf(context, declared)) results.push(await runScan(scan))
    for (let look = 1; look < looks && results.some(({ suspects }) => suspects.length > 0); look++) {
      await setTimeout((settle * 1_000) / (looks - 1))
      for (const each of results) each.suspects = await recheck(each)
    }
    return [...sentences].map(([invariant, about]) => findingOf(invariant, about, results, context))
  } finally {
    await context.close()
  }
}

/** A scan and its results. */
interface ScanResult {
  readonly scan: Scan
  readonly looked: number
  readonly stoppedEarly: boolean
  /** The first few. Each scan parks suspects of one invariant only. */
  readonly parked: readonly Suspect[]
  readonly parkedCount: number
  suspects: Suspect[]
}

async function runScan(scan: Scan): Promise<ScanResult> {
  const suspects: Suspect[] = []
  const parked: Suspect[] = []
  let [looked, parkedCount] = [0, 0]
  let page = await scan.page(undefined)
  for (; page.length > 0 && suspects.length < MAX_SUSPECTS; page = await scan.page(page.at(-1))) {
    looked += page.length
    const found = Map.groupBy(await scan.inspect(page), (suspect) => Boolean(suspect.parked))
    suspects.push(...(found.get(false) ?? []))
    const waiting = found.get(true) ?? []
    parked.push(...waiting.slice(0, MAX_SHOWN - parked.length))
    parkedCount += waiting.length
  }
  return { scan, looked, stoppedEarly: page.length > 0, parked, parkedCount, suspects }
}

/** Returns the suspects that are still broken. */
async function recheck({ scan, suspects }: ScanResult): Promise<Suspect[]> {
  const subjects = [...new Set(suspects.map(({ subject, id }) => subject ?? id))]
  const before = new Set(suspects.map(keyOf))
  const found: Suspect[] = []
  for (let from = 0; from < subjects.length; from += RECHECK_BATCH_SIZE) {
    found.push(...(await scan.inspect(subjects.slice(from, from + RECHECK_BATCH_SIZE))))
  }
  return found.filter((suspect) => !suspect.parked && before.has(keyOf(suspect)))
}

const keyOf = ({ invariant, id }: Suspect) => `${invariant} ${id}`

function findingOf(
  invariant: string,
  about: string,
  results: readonly ScanResult[],
  { whyUnseen }: CheckContext,
): Finding {
  const own = results.filter(({ scan }) => scan.invariants.includes(invariant))
  const suspects = own.flatMap(({ suspects }) => suspects.filter((suspect) => suspect.invariant === invariant))
  // Two scans may find the same offence.
  const offending = [...new Map(suspects.map((suspect) => [suspect.id, suspect])).values()]
  const parked = own.filter(({ parked }) => parked[0]?.invariant === invariant)
  const atLeast = own.some(({ stoppedEarly }) => stoppedEarly)
  const reason = whyUnseen(invariant) ?? (atLeast ? 'so much looked broken that the rest was not looked at' : undefined)
  return {
    invariant,
    about,
    state: offending.length > 0 ? 'broken' : reason ? 'not looked at' : 'holds',
    ...(reason && { reason }),
    looked: sum(own.map(({ looked }) => looked)),
    offending: shown(offending),
    offendingCount: offending.length,
    atLeast,
    parked: shown(parked.flatMap(({ parked }) => parked)),
    parkedCount: sum(parked.map(({ parkedCount }) => parkedCount)),
  }
}

const shown = (suspects: readonly Suspect[]) => suspects.slice(0, MAX_SHOWN).map(({ id, what }) => ({ id, what }))

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
