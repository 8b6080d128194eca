import { useCallback, useEffect, useState } from 'react'

/** State that survives a reload, until the window is closed. */
export function useKept<T extends object>(name: string, initial: T) {
  const [value, setValue] = useState<T>(() => ({ ...initial, ...read<T>(name) }))
  useEffect(() => keep(name, value), [name, value])
  const change = useCallback((part: Partial<T>) => setValue((before) => ({ ...before, ...part })), [])
  return [value, change] as const
}

/** The value kept under a name, if it can still be read. */
export function read<T>(name: string): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

/** Undefined deletes the value. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === undefined) sessionStorage.removeItem(name)
    else sessionStorage.setItem(name, JSON.stringify(value))
  } catch {
    // Storage is full or forbidden: the value lives as long as the page.
  }
}
