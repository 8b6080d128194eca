import { createLink, type LinkComponent } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ReactNode, Ref } from 'react'

export interface TabsProps {
  label: string
  className: string
  children: ReactNode
}

/** Tabs of lists, each with its own address. */
export function Tabs({ label, className, children }: TabsProps) {
  return (
    <ul
      aria-label={label}
      className={`mb-4 flex gap-6 overflow-x-auto border-b border-line whitespace-nowrap [scrollbar-width:none] ${className}`}
    >
      {children}
    </ul>
  )
}

interface TabLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** Whether its list is shown. */
  active: boolean
  ref?: Ref<HTMLAnchorElement>
}

function TabLink({ active, className: _, children, ...rest }: TabLinkProps) {
  return (
    <li className="nav-item">
      <a
        {...rest}
        aria-current={active ? 'page' : undefined}
        className={`nav-link flex min-h-12 items-center border-b-2 px-0.5 font-semibold ${
          active ? 'active border-brand text-ink' : 'border-transparent text-muted hover:text-ink'
        }`}
      >
        {children}
      </a>
    </li>
  )
}

export const Tab: LinkComponent<typeof TabLink> = createLink(TabLink)
