export interface CheckOptions {
  /** Seconds over which suspects are inspected again. */
  readonly settle?: number
  /** Number of inspections that must find something broken before it counts as broken. */
  readonly looks?: number
  /** Checks only orders, carts, events and sagas that are at most this many seconds old; checks all if not given. */
  readonly since?: number
  /** Seconds after which a saga should have ended. */
  readonly sagaSeconds?: number
  /** Seconds for which a task may be due before it counts as stuck. */
  readonly dueSeconds?: number
}
