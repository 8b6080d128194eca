/** One proof from start to end: a system, a crowd, faults, rest, and the checker's verdict. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Safeguard } from '@doran/kernel/faults'
import { checkInvariants, type Finding, sourcesOf } from '../../apps/server/check/index.ts'
import { type Attempt, Sender } from './client.ts'
import { Crowd } from './crowd.ts'
import { type Injection, Injector } from './injector.ts'
import { type Breach, find, Journal } from './journal.ts'
import type { Fault } from './plan.ts'
import { Probes } from './probes.ts'
import { Random } from './random.ts'
import { type Rest, type SagaTimes, sagaTimes, settle } from './settle.ts'
import { questions, stock } from './shop.ts'
import { canSkew, type OpenOptions, System } from './system.ts'

const PEOPLE = 30
/** Milliseconds. After the last fault a saga is retried within a minute, and once more if that was too early. */
const MAX_REST_MS = 150_000

export interface RunOptions {
  readonly seed: number
  /** Operations that people start in a second. */
  readonly rate: number
  readonly without?: Safeguard | undefined
  /** The faults to inject while people use the system, one after the other. */
  readonly faults: (
    system: System,
    injector: Injector,
    random: Random,
    crowd: Crowd,
  ) => AsyncIterable<Fault> | Iterable<Fault>
  /** Milliseconds between two faults. */
  readonly between: number
  /** SKUs of each seller. With fewer, more people compete for the same one. */
  readonly goods?: number
  readonly settings?: OpenOptions['settings']
  /** Changes the system before any operation starts. */
  readonly prepare?: (system: System) => Promise<void>
  readonly say: (line: string) => void
}

export interface Result {
  readonly begun: number
  readonly ended: number
  readonly injections: readonly Injection[]
  readonly kills: number
  readonly injector: Injector
  readonly operations: number
  readonly journal: Journal
  /** Every attempt of the crowd and of the probes. */
  readonly crowd: readonly Attempt[]
  readonly probes: readonly Attempt[]
  readonly rest: Rest
  readonly sagas: SagaTimes
  readonly findings: readonly Finding[]
  readonly breaches: readonly Breach[]
  readonly internalErrors: readonly string[]
  readonly notRun: readonly string[]
}

export async function run(options: RunOptions): Promise<Result> {
  const { seed, rate, without, faults, between, goods = 5, settings, prepare, say } = options
  const system = await System.open({ without, settings })
  try {
    say(`${system.names.length} processes are up; logs are in ${system.folder}/logs while it runs`)
    await prepare?.(system)
    const random = new Random(seed)
    const stocked = await stock(system, { people: PEOPLE, goods })
    const gateways = () => {
      const open = system.gateways.filter((_, index) => system.isUp(`gateway.${index + 1}`))
      return open.length > 0 ? open : system.gateways
    }
    const sender = new Sender(gateways)
    const journal = new Journal()
    const crowd = new Crowd({
      sender,
      journal,
      random: new Random(seed + 1),
      ...stocked,
      returnUrl: `${system.gateways[0]}/back`,
    })
    const probes = new Probes(new Sender(gateways), await questions(sender, stocked))
    const injector = new Injector(system, say)

    const begun = Date.now()
    crowd.start(rate)
    probes.start()
    await pause(2_000)
    for await (const fault of faults(system, injector, random, crowd)) {
      await injector.inject(fault)
      await pause(between)
    }
    await pause(2_000)
    await system.misbehave()
    await injector.restore()
    probes.stop()
    const ended = Date.now()
    await crowd.stop()
    say('nobody comes any more; waiting for rest')
    const databases = ['orders', 'payments', 'goods', 'doran'] as const
    const rest = await settle(
      databases.map((name) => system.database(name).at(0)),
      MAX_REST_MS,
    )
    say('asking the checker')
    const findings = await checkInvariants(sourcesOf(system.environment))
    const orders = system.database('orders').at(0)
    const breaches = journal.compare(await find({ order: orders, community: system.database('doran').at(0) }))
    return {
      begun,
      ended,
      injections: injector.injections,
      kills: injector.kills,
      injector,
      operations: crowd.begun,
      journal,
      crowd: sender.attempts,
      probes: probes.attempts,
      rest,
      sagas: await sagaTimes(orders),
      findings,
      breaches,
      internalErrors: system.internalErrors,
      notRun: [
        ...(system.noNetwork ? [`partitions: ${system.noNetwork}`] : []),
        ...(system.noDisk ? [`a full disk: ${system.noDisk}`] : []),
        ...(canSkew ? [] : ["wrong clocks: there is no libfaketime (Debian's package faketime)"]),
      ],
    }
  } finally {
    await system.close()
  }
}

/**
 * Returns the names of the invariants that do not hold, according to the checker and the journal. An invariant that was
 * not checked counts as broken.
 */
export function brokenBy({ findings, breaches, rest, injector }: Result): string[] {
  return [
    ...new Set([
      ...findings.filter(({ state }) => state !== 'holds').map(({ invariant }) => invariant),
      ...breaches.map(({ invariant }) => invariant),
      ...(rest.took === null ? ['at-rest'] : []),
      ...(injector.hung.length > 0 ? ['ready-or-dead'] : []),
    ]),
  ]
}
