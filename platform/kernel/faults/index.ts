/**
 * What the proofs in `tests/proofs` need inside a process: it can be made to die at a named place, and a safeguard can
 * be switched off to see that the proofs notice. Unless a test asks for it by the environment, a crash point is an empty
 * function and every safeguard holds.
 */
import { writeSync } from 'node:fs'

/** Where a process may be made to die, as by kill -9. */
export const crashPoints = [
  // a task has been claimed, and nothing was done
  'task.after-claim',
  // what an event's handler wrote is about to be committed with the end of its task
  'event.after-handler-before-commit',
  'event.after-commit',
  // a saga: before and after the work of a step, of taking one back, and after its progress has been recorded
  'saga.before-act',
  'saga.after-act-before-record',
  'saga.after-record',
  'saga.after-undo-before-record',
  // an event leaves for a subscriber in another database
  'outbox.before-relay',
  'outbox.after-relay-before-complete',
  // …and enters there
  'inbox.before-insert',
  'inbox.after-insert-before-answer',
  // a request with an Idempotency-Key
  'idempotency.after-claim-before-work',
  'idempotency.after-work-before-commit',
  'idempotency.after-commit-before-answer',
  // asking the payment provider
  'payment.after-begin-before-provider',
  'payment.after-provider-before-commit',
  'payment.after-commit',
  'payment.after-open-before-record',
  'payment.before-webhook-commit',
  'payment.after-webhook-commit',
] as const
export type CrashPoint = (typeof crashPoints)[number]

/** What keeps Doran right, and can be switched off one at a time. */
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

/** Ends the process here, without any farewell, if `DORAN_CRASH_AT` names this place. */
export const crashPoint: (point: CrashPoint) => void = DORAN_CRASH_AT ? crashAt(DORAN_CRASH_AT) : () => {}

const without = DORAN_WITHOUT ? readSafeguard(DORAN_WITHOUT) : undefined

/** Whether a safeguard is in force: always, but for a test of the proofs themselves. */
export function holds(safeguard: Safeguard): boolean {
  return safeguard !== without
}

/** `point`, or `point#3` for the third time that it is reached. */
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
