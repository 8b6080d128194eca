import { useQuery } from '@tanstack/react-query'
import { SignOutButton } from '../../community-edition/sign-out-button.tsx'
import { useMessages } from '../../language/language.ts'
import { Page } from '../../ui/page.tsx'
import { Failed, Skeleton, Waiting } from '../../ui/states.tsx'
import { meQuery } from './api/me.ts'
import { COMMUNITY_ONLY } from './edition.ts'
import { formMessages } from './form-messages.ts'
import { MembersOnly } from './members-only.tsx'
import { SettingsForm } from './settings-form.tsx'

/** The reader's community profile; in the edition, whose members have no other screen for it, the whole account. */
export function SettingsScreen() {
  const t = useMessages(formMessages)
  return (
    <div className="settings-page">
      <Page title={t('settings')} width="form">
        <h1 className="mb-6 text-3xl font-extrabold">{t('settings')}</h1>
        <MembersOnly>
          <Settings />
        </MembersOnly>
      </Page>
    </div>
  )
}

function Settings() {
  const { data: me, error, refetch } = useQuery(meQuery())
  if (!me) return error ? <Failed error={error} onRetry={refetch} /> : <SettingsWaiting />
  return (
    <>
      <SettingsForm me={me} />
      {COMMUNITY_ONLY && <SignOutButton />}
    </>
  )
}

function SettingsWaiting() {
  return (
    <Waiting>
      <Skeleton className="mb-5 h-18 w-full" />
      <Skeleton className="mb-5 h-18 w-full" />
      <Skeleton className="mb-5 h-48 w-full" />
    </Waiting>
  )
}
