import { type ReactNode, useEffect } from 'react'
import { type PageWidth, pageClass } from './page-look.ts'

export interface PageProps {
  /** Title of the browser's window; the screen's `h1` says the same or more. */
  title: string
  /** Maximum width of the content. */
  width?: PageWidth
  children: ReactNode
}

/** The container of every screen. */
export function Page({ title, width = 'wide', children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Doran`
  }, [title])
  return <div className={pageClass(width)}>{children}</div>
}
