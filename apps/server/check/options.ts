export interface CheckOptions {
  /** Seconds over which what looks broken is looked at again. */
  readonly settle?: number
  /** How often anything is looked at before it is called broken. */
  readonly looks?: number
  /** Only orders, carts, events and sagas that are not older than so many seconds; all when it is not given. */
  readonly since?: number
  /** Seconds after which a saga should have ended. */
  readonly sagaSeconds?: number
  /** Seconds for which a task may be due. */
  readonly dueSeconds?: number
}
