import { type Static, Type } from '@doran/kernel/contract'

const Share = Type.Number({ minimum: 0, maximum: 1, default: 0 })
const Delay = Type.Integer({ minimum: 0, maximum: 60_000, default: 0 })

/** The faults that the sandbox injects, for tests and experiments. All are off by default. */
export const Faults = Type.Object({
  webhooks: Type.Object(
    {
      /** Milliseconds before each webhook is sent. */
      delayMs: Delay,
      /** How many extra times each webhook is sent. */
      duplicate: Type.Integer({ minimum: 0, maximum: 10, default: 0 }),
      /** Webhooks that are due together are sent in reverse order. */
      reorder: Type.Boolean({ default: false }),
      /** No webhook is sent; those that fall due meanwhile are lost. */
      drop: Type.Boolean({ default: false }),
    },
    { default: {} },
  ),
  api: Type.Object(
    {
      /** Milliseconds before each request of the merchant is executed. */
      latencyMs: Delay,
      /** Milliseconds between an operation and its answer. */
      answerDelayMs: Delay,
      /** Share of requests that fail without being executed. */
      failRate: Share,
      /** Share of operations that are executed but never answered. */
      dropAnswerRate: Share,
      /** Idempotency keys are ignored: a repeated operation is executed again. */
      forgetKeys: Type.Boolean({ default: false }),
    },
    { default: {} },
  ),
})
export type Faults = Static<typeof Faults>

/** Faults of all sessions, and of single sessions, which replace them. Kept in memory only: a restart clears them. */
export function createFaults() {
  let general = structuredClone(NO_FAULTS)
  const ofSessions = new Map<string, Faults>()
  return {
    get: (sessionId?: string): Faults => (sessionId && ofSessions.get(sessionId)) || general,
    set(faults: Faults, sessionId?: string): void {
      if (sessionId) ofSessions.set(sessionId, faults)
      else general = faults
    },
    clear(sessionId?: string): void {
      if (sessionId) ofSessions.delete(sessionId)
      else general = structuredClone(NO_FAULTS)
    },
  }
}

export const NO_FAULTS: Faults = {
  webhooks: { delayMs: 0, duplicate: 0, reorder: false, drop: false },
  api: { latencyMs: 0, answerDelayMs: 0, failRate: 0, dropAnswerRate: 0, forgetKeys: false },
}
