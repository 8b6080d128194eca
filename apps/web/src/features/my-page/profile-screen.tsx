import type { Profile } from '@doran/user/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { fieldErrors, isRefusal } from '../../api/errors.ts'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { onDemand } from '../../ui/on-demand.tsx'
import { Refused, useFailureToast } from '../../ui/refused.tsx'
import { Failed, Skeleton, Waiting } from '../../ui/states.tsx'
import { toast } from '../../ui/toasts.ts'
import { profileQuery, useChangeProfile, useExport } from './api/profile.ts'
import { myPageMessages } from './messages.ts'
import { SectionTitle } from './my-page.tsx'

const WithdrawDialog = onDemand(() => import('./withdraw-dialog.tsx'), 'WithdrawDialog')

export function ProfileScreen() {
  const t = useMessages(myPageMessages)
  const profile = useQuery(profileQuery)
  return (
    <>
      <SectionTitle title={t('profile')}>{t('profileText')}</SectionTitle>
      {profile.isPending ? (
        <Waiting>
          <div className="space-y-5">
            {['email', 'name', 'phone', 'username'].map((field) => (
              <Skeleton key={field} className="h-24" />
            ))}
          </div>
        </Waiting>
      ) : profile.isError ? (
        <Failed error={profile.error} onRetry={profile.refetch} />
      ) : (
        <>
          <ProfileForm profile={profile.data} />
          <Export />
          <Withdrawal />
        </>
      )}
    </>
  )
}

function ProfileForm({ profile }: { profile: Profile }) {
  const t = useMessages(myPageMessages)
  const change = useChangeProfile()
  const wrong = fieldErrors(change.error)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name)).trim()
    change.mutate(
      { name: text('name'), phone: text('phone') || null, username: text('username') },
      { onSuccess: () => toast(t('saved')) },
    )
  }
  return (
    <form onSubmit={submit} className="space-y-5">
      <TextField label={t('email')} hint={t('emailHint')} value={profile.email} disabled />
      <TextField
        label={t('name')}
        name="name"
        autoComplete="name"
        required
        maxLength={100}
        defaultValue={profile.name}
        error={wrong.name && t('nameWrong')}
      />
      <TextField
        label={t('phone')}
        hint={t('phoneHint')}
        name="phone"
        type="tel"
        autoComplete="tel"
        defaultValue={profile.phone ?? ''}
        error={wrong.phone && t('phoneWrong')}
      />
      <TextField
        label={t('username')}
        hint={t('usernameHint')}
        name="username"
        autoComplete="nickname"
        required
        maxLength={60}
        defaultValue={profile.username}
        error={wrong.username && t('usernameTaken')}
      />
      <FormFailure error={change.error} known={Object.keys(wrong).length > 0} />
      <div className="flex flex-wrap items-center gap-4">
        <Button type="submit" busy={change.isPending}>
          {t('save')}
        </Button>
        <Link to="/community/settings" className="font-medium text-brand underline underline-offset-4">
          {t('toCommunitySettings')}
        </Link>
      </div>
    </form>
  )
}

/** The refusal, unless the fields already show it. */
function FormFailure({ error, known }: { error: unknown; known: boolean }) {
  return known && isRefusal(error) ? null : <Refused error={error} />
}

function Export() {
  const t = useMessages(myPageMessages)
  const tellFailure = useFailureToast()
  const { mutate, isPending } = useExport()
  const save = () =>
    mutate(undefined, { onSuccess: (json) => download(json, 'doran-my-data.json'), onError: tellFailure })
  return (
    <section aria-labelledby="export" className="mt-14 border-t border-line pt-8">
      <h2 id="export" className="text-lg font-bold">
        {t('export')}
      </h2>
      <p className="mt-1 mb-4 text-muted">{t('exportText')}</p>
      <Button look="secondary" busy={isPending} onClick={save}>
        {t('download')}
      </Button>
    </section>
  )
}

function download(json: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([json], { type: 'application/json' }))
  Object.assign(document.createElement('a'), { href: url, download: fileName }).click()
  // The browser has taken over the file when this task ends.
  setTimeout(() => URL.revokeObjectURL(url))
}

function Withdrawal() {
  const t = useMessages(myPageMessages)
  const [asking, setAsking] = useState(false)
  return (
    <section aria-labelledby="withdrawal" className="mt-14 border-t border-line pt-8">
      <h2 id="withdrawal" className="text-lg font-bold">
        {t('withdraw')}
      </h2>
      <p className="mt-1 mb-4 text-muted">{t('withdrawText')}</p>
      <Button look="danger" onClick={() => setAsking(true)}>
        {t('withdraw')}
      </Button>
      {asking && <WithdrawDialog onClose={() => setAsking(false)} />}
    </section>
  )
}
