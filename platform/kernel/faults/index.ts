/**
 * Fault injection for the proofs in `tests/proofs`. A process can be killed at a named crash point, and a safeguard can
 * be switched off to show that the proofs notice. Unless a test sets the environment variables, crash points are empty
 * functions and all safeguards hold.
 */
import { writeSync } from 'node:fs'

/** Places at which a process can be killed, as by kill -9. */
export const crashPoints = [
  // A task is claimed, and its work has not started.
  'task.after-claim',
  // An event's handler has returned. Its writes and the end of its task are about to commit together.
  'event.after-handler-before-commit',
  'event.after-commit',
  // A saga: before and after a step's work, after a step's compensation, and after the progress is recorded.
  'saga.before-act',
  'saga.after-act-before-record',
  'saga.after-record',
  'saga.after-undo-before-record',
  // An event leaves for a subscriber in another database.
  'outbox.before-relay',
  'outbox.after-relay-before-complete',
  // The event arrives in that database.
  'inbox.before-insert',
  'inbox.after-insert-before-answer',
  // A request with an Idempotency-Key.
  'idempotency.after-claim-before-work',
  'idempotency.after-work-before-commit',
  'idempotency.after-commit-before-answer',
  // Calls to the payment provider.
  'payment.after-begin-before-provider',
  'payment.after-provider-before-commit',
  'payment.after-commit',
  'payment.after-open-before-record',
  'payment.before-webhook-commit',
  'payment.after-webhook-commit',
] as const
export type CrashPoint = (typeof crashPoints)[number]

/** Mechanisms that keep Doran correct. A test can switch off one at a time. */
export const safeguards = [
  'lease-epoch',
  'inbox',
  'idempotency-claim',
  'stock-lock',
  'provider-look-up',
  'saga-pivot',
] as const
export type Safeguard = (typeof safeguards)[number]

const { DORAN_CRASH_AT = '', DORAN_WITHOUT = '', NODE_ENV } = process.env

/** Kills the process with SIGKILL if `DORAN_CRASH_AT` names this place. */
export const crashPoint: (point: CrashPoint) => void = DORAN_CRASH_AT ? crashAt(DORAN_CRASH_AT) : () => {}

const without = DORAN_WITHOUT ? readSafeguard(DORAN_WITHOUT) : undefined

/** Whether a safeguard is on. It is always on, except in tests of the proofs themselves. */
export function holds(safeguard: Safeguard): boolean {
  return safeguard !== without
}

/** `text` is `point`, or `point#3` for the third time that the process reaches it. */
function crashAt(text: string): (point: CrashPoint) => void {
  const [name = '', count = '1'] = text.split('#')
  assertTest('DORAN_CRASH_AT')
  assertOneOf('DORAN_CRASH_AT', name, crashPoints)
  let left = Number(count)
  return (point) => {
    if (point !== name || --left > 0) return
    writeSync(2, `dies at ${point}\n`)
    process.kill(process.pid, 'SIGKILL')
  }
}

function readSafeguard(name: string): Safeguard {
  assertTest('DORAN_WITHOUT')
  assertOneOf('DORAN_WITHOUT', name, safeguards)
  writeSync(2, `runs WITHOUT the safeguard ${name}\n`)
  return name as Safeguard
}

function assertTest(variable: string): void {
  if (NODE_ENV !== 'test') throw new Error(`${variable} is for tests of Doran itself, with NODE_ENV=test. Unset it.`)
}

function assertOneOf(variable: string, name: string, known: readonly string[]): void {
  if (!known.includes(name)) throw new Error(`${variable} reads ${name} where it expects one of ${known.join(', ')}.`)
}
