import type { ReactNode } from 'react'

export interface SectionHeadingProps {
  title: string
  /** A link to the complete list. */
  more: ReactNode
}

export function SectionHeading({ title, more }: SectionHeadingProps) {
  return (
    <div className="mb-6 flex items-center justify-between gap-4">
      <h2 className="text-2xl font-bold">{title}</h2>
      {more}
    </div>
  )
}
