import { type ReactNode, useEffect } from 'react'
import { type PageWidth, pageClass } from './page-look.ts'

export interface PageProps {
  /** Of the browser's window; the screen's `h1` says the same or more. */
  title: string
  /** How wide the content may become. */
  width?: PageWidth
  children: ReactNode
}

/** What every screen stands in. */
export function Page({ title, width = 'wide', children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Doran`
  }, [title])
  return <div className={pageClass(width)}>{children}</div>
}
