import { useState } from 'react'
import { type Content, type Draft, EMPTY, forgetDraft, keepDraft, readDraft } from './drafts.ts'

export interface DraftInHand {
  content: Content
  /** Whether it began before this page was opened. */
  restored: boolean
  change: (changes: Partial<Content>) => void
  /** Starts again from the published text, or from nothing. */
  discard: () => void
}

/** The text being written. Every change is stored, so it survives a reload and a lost session. */
export function useDraft(name: string, published: Content, of?: string): DraftInHand {
  const [{ content, restored }, set] = useState(() => {
    const draft = readDraft<Draft>(name, EMPTY)
    return draft && draft.of === of
      ? { content: draft, restored: true }
      : { content: onlyContent(published), restored: false }
  })
  return {
    content: onlyContent(content),
    restored,
    change(changes) {
      const changed = { ...content, ...changes }
      set({ content: changed, restored })
      keepDraft(name, { ...changed, of })
    },
    discard() {
      forgetDraft(name)
      set({ content: onlyContent(published), restored: false })
    },
  }
}

function onlyContent({ title, description, body, tagList }: Content): Content {
  return { title, description, body, tagList }
}
