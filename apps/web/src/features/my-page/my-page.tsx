import { Link, type LinkProps, Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMessages } from '../../language/language.ts'
import { Globe, KeyRound, MapPin, MonitorSmartphone, Package, UserRound } from '../../ui/icons.ts'
import { Page } from '../../ui/page.tsx'
import { myPageMessages } from './messages.ts'

/** The frame around the sections of my page, with links to each of them. */
export function MyPage() {
  const t = useMessages(myPageMessages)
  return (
    <Page title={t('myPage')}>
      <div className="grid gap-6 lg:grid-cols-[15rem_1fr] lg:gap-12">
        <nav aria-label={t('sections')} className="-mx-4 overflow-x-auto px-4 [scrollbar-width:none] lg:mx-0 lg:px-0">
          <ul className="flex gap-1 whitespace-nowrap lg:flex-col">
            <Section to="/me" icon={<UserRound />} name={t('profile')} exact />
            <Section to="/orders" icon={<Package />} name={t('orders')} />
            <Section to="/me/addresses" icon={<MapPin />} name={t('addresses')} />
            <Section to="/me/password" icon={<KeyRound />} name={t('password')} />
            <Section to="/me/sessions" icon={<MonitorSmartphone />} name={t('sessions')} />
            <Section to="/me/preferences" icon={<Globe />} name={t('preferences')} />
          </ul>
        </nav>
        <div className="max-w-2xl min-w-0">
          <Outlet />
        </div>
      </div>
    </Page>
  )
}

interface SectionProps {
  to: LinkProps['to']
  icon: ReactNode
  name: string
  /** Marked as current only at this exact address, not at those below it. */
  exact?: boolean
}

function Section({ to, icon, name, exact = false }: SectionProps) {
  return (
    <li>
      <Link
        to={to}
        activeOptions={{ exact }}
        className="flex min-h-11 items-center gap-3 rounded-full px-4 font-medium text-muted hover:bg-sunken hover:text-ink aria-[current=page]:bg-brand-soft aria-[current=page]:font-semibold aria-[current=page]:text-on-brand-soft [&>svg]:size-5 [&>svg]:shrink-0"
      >
        {icon}
        {name}
      </Link>
    </li>
  )
}

/** The head of a section. */
export function SectionTitle({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <header className="mb-6">
      <h1 className="text-3xl font-bold">{title}</h1>
      {children && <p className="mt-2 text-muted">{children}</p>}
    </header>
  )
}
