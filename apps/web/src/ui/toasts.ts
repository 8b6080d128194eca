/** Shows short messages. The code that renders them (`toast.tsx`) loads with the first one. */

export interface ToastOptions {
  description?: string
  tone?: 'success' | 'failure'
  /** An action for the user, for example to undo. */
  action?: { label: string; run: () => void }
}

export interface ToastToShow extends ToastOptions {
  readonly title: string
}

const waiting: ToastToShow[] = []
const listeners = new Set<() => void>()
let any = false

/** A message that needs action belongs in the page instead. */
export function toast(title: string, options: ToastOptions = {}): void {
  waiting.push({ title, ...options })
  any = true
  for (const listener of listeners) listener()
}

/** Toasts that have not been shown. */
export function takeToasts(): ToastToShow[] {
  return waiting.splice(0)
}

/** Whether there has ever been one. */
export function anyToasts(): boolean {
  return any
}

export function onToast(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
