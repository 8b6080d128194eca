import { useCallback, useEffect, useState } from 'react'

/** State that survives reloading the page, until the window is closed. */
export function useKept<T extends object>(name: string, initial: T) {
  const [value, setValue] = useState<T>(() => ({ ...initial, ...read<T>(name) }))
  useEffect(() => keep(name, value), [name, value])
  const change = useCallback((part: Partial<T>) => setValue((before) => ({ ...before, ...part })), [])
  return [value, change] as const
}

/** What was kept under a name, if it can still be read. */
export function read<T>(name: string): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

/** Undefined forgets it. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === undefined) sessionStorage.removeItem(name)
    else sessionStorage.setItem(name, JSON.stringify(value))
  } catch {
    // Storage is full or forbidden: it is kept for as long as the page is open.
  }
}
