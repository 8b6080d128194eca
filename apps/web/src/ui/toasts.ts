/** Telling in passing what has happened. What shows it (`toast.tsx`) is loaded with the first one. */

export interface ToastOptions {
  description?: string
  tone?: 'success' | 'failure'
  /** Something to do about it, for example to take it back. */
  action?: { label: string; run: () => void }
}

export interface ToastToShow extends ToastOptions {
  readonly title: string
}

const waiting: ToastToShow[] = []
const listeners = new Set<() => void>()
let any = false

/** What the user must act on belongs into the page instead. */
export function toast(title: string, options: ToastOptions = {}): void {
  waiting.push({ title, ...options })
  any = true
  for (const listener of listeners) listener()
}

/** Those that have not been shown. */
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
