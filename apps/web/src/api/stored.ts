/** A value in the browser's storage, shared by all open pages. Without storage it lives as long as this page. */
export interface Stored<T> {
  get(): T | undefined
  set(value: T | undefined): void
  /** Calls back after each change, here or in another page; returns a function that unsubscribes. */
  subscribe(onChange: () => void): () => void
}

export function stored<T>(name: string): Stored<T> {
  const listeners = new Set<() => void>()
  let current = read<T>(name)
  const tell = () => {
    for (const listener of listeners) listener()
  }
  addEventListener('storage', (event) => {
    if (event.key !== name && event.key !== null) return
    current = read<T>(name)
    tell()
  })
  return {
    get: () => current,
    set(value) {
      current = value
      try {
        if (value === undefined) localStorage.removeItem(name)
        else localStorage.setItem(name, typeof value === 'string' ? value : JSON.stringify(value))
      } catch {
        // Storage is full or forbidden: the value lives until the page is closed.
      }
      tell()
    },
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
  }
}

/** Strings are stored unquoted, so that other programs of the same origin can read them; all other values are JSON. */
function read<T>(name: string): T | undefined {
  let text: string | null = null
  try {
    text = localStorage.getItem(name)
    return text === null ? undefined : (JSON.parse(text) as T)
  } catch {
    return (text ?? undefined) as T | undefined
  }
}
