/** Unpublished texts, kept in this browser until they are published. */

/** The fields of an article that its author writes. */
export interface Content {
  title: string
  description: string
  body: string
  tagList: string[]
}

export interface Draft extends Content {
  /** When the article was last changed before the draft began; a draft of an older state is useless. */
  of?: string
}

export const EMPTY: Content = { title: '', description: '', body: '', tagList: [] }

const PREFIX = 'doran.draft.'

/** The draft of this name, if it exists and has `like`'s shape. */
export function readDraft<T extends object>(name: string, like: T): T | undefined {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + name) ?? 'null')
    return hasShape(draft, like) ? draft : undefined
  } catch {
    return undefined
  }
}

function hasShape<T extends object>(value: unknown, like: T): value is T {
  return (
    value instanceof Object &&
    Object.entries(like).every(([key, part]) => {
      const found = (value as Record<string, unknown>)[key]
      return Array.isArray(part) ? Array.isArray(found) : typeof found === typeof part
    })
  )
}

export function keepDraft(name: string, draft: object): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(draft))
  } catch {
    // Storage is full or forbidden: the draft lives as long as the page.
  }
}

export function forgetDraft(name: string): void {
  try {
    localStorage.removeItem(PREFIX + name)
  } catch {
    // Nothing was stored.
  }
}

/** The tags and the typed ones, each once. */
export function withTags(tagList: readonly string[], typed: string): string[] {
  const added = typed.split(',').map((tag) => tag.trim().replace(/^#/, ''))
  return [...new Set([...tagList, ...added.filter(Boolean)])]
}
