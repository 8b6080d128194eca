import type { ReactNode } from 'react'
import { useMessages } from '../../language/language.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { Notice } from '../../ui/states.tsx'
import { catalogueMessages } from './messages.ts'

/** The whole screen if an address matches nothing in the catalogue. */
export function Unknown({ title, children }: { title: string; children: ReactNode }) {
  const t = useMessages(catalogueMessages)
  return (
    <Page title={title}>
      <Notice picture="not-found" level={1} title={title} actions={<ButtonLink to="/search">{t('toAll')}</ButtonLink>}>
        {children}
      </Notice>
    </Page>
  )
}
