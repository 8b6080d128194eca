import { type ReactNode, useEffect } from 'react'

export interface PageProps {
  /** Of the browser's window; the screen's `h1` says the same or more. */
  title: string
  /** How wide the content may become. */
  width?: 'wide' | 'text' | 'form'
  children: ReactNode
}

const WIDTHS = { wide: 'max-w-7xl', text: 'max-w-3xl', form: 'max-w-md' }

/** What every screen stands in. */
export function Page({ title, width = 'wide', children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Doran`
  }, [title])
  return <div className={`mx-auto w-full px-4 pt-6 pb-16 sm:px-6 lg:px-8 ${WIDTHS[width]}`}>{children}</div>
}
