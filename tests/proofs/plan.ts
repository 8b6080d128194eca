/** The faults of a run, planned from a seed beforehand, so that a run can be repeated. */
import { type CrashPoint, crashPoints } from '@doran/kernel/faults'
import type { Direction } from './network.ts'
import type { Random } from './random.ts'

export type Fault =
  /** SIGKILL, and an immediate restart. */
  | { readonly kind: 'kill'; readonly target: string }
  /** SIGKILL, and a restart that makes the process die again at a crash point, if it reaches that within `hold`. */
  | (Lasting & { readonly kind: 'crash point'; readonly target: string; readonly point: CrashPoint })
  /** SIGSTOP and SIGCONT. */
  | (Lasting & { readonly kind: 'stop'; readonly target: string })
  /** SIGKILL to all instances of a service, which are restarted afterwards. */
  | (Lasting & { readonly kind: 'outage'; readonly service: string })
  | { readonly kind: 'postgres' }
  /** PostgreSQL's disk has no space for data or, worse, none for its log, which ends PostgreSQL. */
  | (Lasting & { readonly kind: 'full disk'; readonly of: 'data' | 'log' })
  /** Time passes; the fault was arranged before. */
  | (Lasting & { readonly kind: 'nothing' })
  | (Lasting & { readonly kind: 'provider'; readonly how: keyof typeof PROVIDER })
  | (Lasting & { readonly kind: 'webhooks'; readonly how: keyof typeof WEBHOOKS })
  | (Lasting & {
      readonly kind: 'link'
      readonly to: 'database' | 'provider'
      readonly how: 'slow' | 'cut' | 'half-open'
    })
  | (Lasting & { readonly kind: 'partition'; readonly direction: Direction })
  /** A restart with a clock that is wrong by this many seconds. */
  | (Lasting & { readonly kind: 'skew'; readonly target: string; readonly seconds: number })

interface Lasting {
  /** Milliseconds. */
  readonly hold: number
}

/** Ways in which the payment provider misbehaves. Its time-out is 1.5 s. */
export const PROVIDER = {
  slow: { latencyMs: 800 },
  failing: { failRate: 0.5 },
  away: { failRate: 1 },
  'carries out and does not answer': { dropAnswerRate: 0.5 },
  'answers after the time-out': { answerDelayMs: 2_500 },
  'carries out after the time-out': { latencyMs: 2_500 },
} as const

export const WEBHOOKS = {
  duplicated: { duplicate: 2 },
  delayed: { delayMs: 3_000 },
  'reordered and delayed': { reorder: true, delayMs: 500, duplicate: 1 },
} as const

/** Milliseconds; a task's lease is 5 s. */
const LONGER_THAN_A_LEASE_MS = 7_000
const FAULT_MS = 4_000
const CRASH_POINT_WAIT_MS = 3_000
/**
 * Seconds. A service token lives for 120: other processes refuse a process whose clock differs more, and it stays
 * unready.
 */
const SKEW_SECONDS = 60

/** Makes a process that passes this point under this load die there, if that happens within `hold` milliseconds. */
export function deathAt(point: CrashPoint, random: Random, hold: number): Fault {
  return { kind: 'crash point', target: random.pick(reaching(point)), point, hold }
}

/** Returns the processes that pass a crash point under this load. */
export function reaching(point: CrashPoint): readonly string[] {
  const [area = ''] = point.split('.')
  return REACHED_BY[area] as readonly string[]
}

const ORDERS = ['order.1', 'order.2']
const PAYMENTS = ['payment.1', 'payment.2']
const REACHED_BY: Record<string, readonly string[]> = {
  task: ORDERS,
  event: [...ORDERS, 'product.1'],
  saga: ORDERS,
  outbox: [...PAYMENTS, ...ORDERS],
  inbox: [...ORDERS, 'product.1'],
  idempotency: [...ORDERS, 'article.1', 'comment.1'],
  payment: PAYMENTS,
}

export interface PlanOptions {
  readonly random: Random
  /** Names of processes that may be killed. */
  readonly names: readonly string[]
  /** Whether there is a second machine that can be cut off, a disk that can be full, and clocks that can be wrong. */
  readonly canPartition: boolean
  readonly canFill: boolean
  readonly canSkew: boolean
}

/** Returns every fault once, in random order, with a kill of every process in between. */
export function round({ random, names, canPartition, canFill, canSkew }: PlanOptions): Fault[] {
  const pair = () => random.pick([...ORDERS, ...PAYMENTS, 'inventory.1', 'inventory.2'])
  const afar = () => random.pick(['order.2', 'payment.2'])
  const faults: Fault[] = [
    ...crashPoints.map((point) => deathAt(point, random, CRASH_POINT_WAIT_MS)),
    { kind: 'stop', target: random.pick(ORDERS), hold: LONGER_THAN_A_LEASE_MS },
    { kind: 'stop', target: pair(), hold: LONGER_THAN_A_LEASE_MS },
    { kind: 'outage', service: random.pick(['order', 'payment', 'inventory']), hold: LONGER_THAN_A_LEASE_MS },
    { kind: 'postgres' },
    ...(canFill ? (['data', 'log'] as const) : []).map((of): Fault => ({ kind: 'full disk', of, hold: FAULT_MS })),
    ...keys(PROVIDER).map((how): Fault => ({ kind: 'provider', how, hold: FAULT_MS })),
    ...keys(WEBHOOKS).map((how): Fault => ({ kind: 'webhooks', how, hold: FAULT_MS })),
    ...(['slow', 'cut', 'half-open'] as const).flatMap((how): Fault[] => [
      { kind: 'link', to: 'database', how, hold: how === 'cut' ? 0 : FAULT_MS },
      { kind: 'link', to: 'provider', how, hold: how === 'cut' ? 0 : FAULT_MS },
    ]),
    ...(canPartition ? (['both', 'out', 'in'] as const) : []).map(
      (direction): Fault => ({ kind: 'partition', direction, hold: LONGER_THAN_A_LEASE_MS }),
    ),
    ...(canSkew ? [SKEW_SECONDS, -SKEW_SECONDS] : []).map(
      (seconds): Fault => ({ kind: 'skew', target: afar(), seconds, hold: FAULT_MS }),
    ),
    ...random.shuffle(names).map((target): Fault => ({ kind: 'kill', target })),
  ]
  return random.shuffle(faults)
}

function keys<T extends object>(of: T): (keyof T)[] {
  return Object.keys(of) as (keyof T)[]
}

/** Describes a fault for people. */
export function describe(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill -9 ${fault.target}`
    case 'crash point':
      return `kill -9 ${fault.target}, and again at ${fault.point}`
    case 'stop':
      return `SIGSTOP ${fault.target} for ${fault.hold / 1000} s`
    case 'outage':
      return `${fault.service} is away for ${fault.hold / 1000} s`
    case 'postgres':
      return 'PostgreSQL ends as by a power cut and starts again'
    case 'full disk':
      return `PostgreSQL's disk is full: no room for ${fault.of === 'data' ? 'data' : 'its log'}`
    case 'nothing':
      return `nothing for ${fault.hold / 1000} s`
    case 'provider':
      return `the payment provider: ${fault.how}`
    case 'webhooks':
      return `webhooks: ${fault.how}`
    case 'link':
      return `the connection to the ${fault.to}: ${fault.how}`
    case 'partition':
      return `the second machine is cut off: ${fault.direction === 'both' ? 'both directions' : fault.direction}`
    case 'skew':
      return `the clock of ${fault.target} is ${fault.seconds} s wrong`
  }
}

/** Returns the class under which the report counts a fault. */
export function classOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return isOneOfTwo(fault.target) ? 'kill -9, one of two' : 'kill -9, the only one'
    case 'crash point':
      return isOneOfTwo(fault.target) ? 'crash point, one of two' : 'crash point, the only one'
    case 'provider':
      return `provider ${fault.how}`
    case 'webhooks':
      return `webhooks ${fault.how}`
    case 'link':
      return `connection to the ${fault.to} ${fault.how}`
    case 'partition':
      return 'partition'
    case 'skew':
      return 'clock skew'
    case 'stop':
      return 'SIGSTOP longer than a lease'
    case 'outage':
      return `outage of ${fault.service}`
    case 'postgres':
      return 'PostgreSQL crash'
    case 'full disk':
      return `full disk, no room for ${fault.of === 'data' ? 'data' : 'the log'}`
    case 'nothing':
      return 'nothing'
  }
}

function isOneOfTwo(target: string): boolean {
  return /^(order|payment|inventory|gateway)\./.test(target)
}
