import { type Static, Type } from '@doran/kernel/contract'

const Share = Type.Number({ minimum: 0, maximum: 1, default: 0 })
const Delay = Type.Integer({ minimum: 0, maximum: 60_000, default: 0 })

/** How the sandbox misbehaves, for tests and experiments; nothing of it by default. */
export const Faults = Type.Object({
  webhooks: Type.Object(
    {
      /** Milliseconds before each is sent. */
      delayMs: Delay,
      /** How many times more each is sent. */
      duplicate: Type.Integer({ minimum: 0, maximum: 10, default: 0 }),
      /** Those that are due together leave in the opposite order. */
      reorder: Type.Boolean({ default: false }),
      /** None is sent; what was due meanwhile is lost. */
      drop: Type.Boolean({ default: false }),
    },
    { default: {} },
  ),
  api: Type.Object(
    {
      /** Milliseconds before each request of the merchant is carried out. */
      latencyMs: Delay,
      /** Milliseconds between an operation and its answer. */
      answerDelayMs: Delay,
      /** Share of requests that fail without having been carried out. */
      failRate: Share,
      /** Share of operations that are carried out but never answered. */
      dropAnswerRate: Share,
      /** An operation is carried out again when it is asked for again under its key. */
      forgetKeys: Type.Boolean({ default: false }),
    },
    { default: {} },
  ),
})
export type Faults = Static<typeof Faults>

/** Faults for everyone, and for single sessions, which count instead. In memory only: a restart ends them. */
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
