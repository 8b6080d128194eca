import type { ReactNode } from 'react'
import { useMessages } from '../../language/language.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/states.tsx'
import { at } from './edition.ts'
import { communityMessages } from './messages.ts'

/** Replaces an article or a member that does not exist. */
export function Gone({ title, children }: { title: string; children: ReactNode }) {
  const t = useMessages(communityMessages)
  return (
    <Notice
      picture="not-found"
      level={1}
      title={title}
      actions={<ButtonLink to={at('')}>{t('toCommunity')}</ButtonLink>}
    >
      {children}
    </Notice>
  )
}
