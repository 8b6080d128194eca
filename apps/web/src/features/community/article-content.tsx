import { useMemo } from 'react'
import { toHtml } from './markdown.ts'
import './reading.css'

/** An article's text, set for reading. */
export function ArticleContent({ markdown }: { markdown: string }) {
  const html = useMemo(() => toHtml(markdown), [markdown])
  // biome-ignore lint/security/noDangerouslySetInnerHtml: `toHtml` leaves only harmless tags and attributes
  return <div className="article-content" dangerouslySetInnerHTML={{ __html: html }} />
}
