import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { TextArea, TextField } from '../../ui/field.tsx'
import type { Me } from './api/me.ts'
import { useUpdateMe } from './api/members.ts'
import { at, COMMUNITY_ONLY } from './edition.ts'
import { ErrorMessages } from './error-messages.tsx'
import { blankFields } from './form-fields.ts'
import { formMessages } from './form-messages.ts'
import { useErrorLines } from './use-error-lines.ts'

const REQUIRED_FIELDS = COMMUNITY_ONLY ? (['username', 'email'] as const) : (['username'] as const)

export function SettingsForm({ me }: { me: Me }) {
  const t = useMessages(formMessages)
  const linesOf = useErrorLines()
  const navigate = useNavigate()
  const [blank, setBlank] = useState<readonly (typeof REQUIRED_FIELDS)[number][]>([])
  const { mutate, isPending, error, reset } = useUpdateMe()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { password, currentPassword, ...fields } = Object.fromEntries(new FormData(event.currentTarget)) as Record<
      string,
      string
    >
    const missing = blankFields(fields, REQUIRED_FIELDS)
    setBlank(missing)
    if (missing.length > 0) return
    const passwords = { ...(password && { password }), ...(currentPassword && { currentPassword }) }
    mutate(
      { ...fields, ...passwords },
      {
        onSuccess: ({ username }) => navigate({ to: at('/profile/$username'), params: { username } }),
      },
    )
  }
  /** Hides the errors once the member corrects the input. */
  const correct = () => {
    setBlank([])
    reset()
  }
  const lines = blank.length > 0 ? blank.map((field) => t(`blank_${field}`)) : error ? linesOf(error) : []
  return (
    <form noValidate onSubmit={submit} onInput={correct} className="space-y-5">
      <ErrorMessages lines={lines} />
      <TextField
        label={t('image')}
        name="image"
        inputMode="url"
        placeholder={t('imageHint')}
        maxLength={2_000}
        defaultValue={me.image ?? ''}
      />
      <TextField
        label={t('username')}
        name="username"
        autoComplete="username"
        maxLength={60}
        defaultValue={me.username}
      />
      <TextArea
        label={t('bio')}
        name="bio"
        rows={6}
        placeholder={t('bioHint')}
        maxLength={2_000}
        defaultValue={me.bio ?? ''}
      />
      {COMMUNITY_ONLY && <AccountFields email={me.email} />}
      <Button type="submit" size="large" busy={isPending} className="btn btn-primary w-full">
        {t('update')}
      </Button>
    </form>
  )
}

/** In the marketplace these are under My page. */
function AccountFields({ email }: { email: string }) {
  const t = useMessages(formMessages)
  const [newEmail, setNewEmail] = useState(email)
  const [newPassword, setNewPassword] = useState('')
  return (
    <>
      <TextField
        label={t('email')}
        name="email"
        type="email"
        autoComplete="email"
        value={newEmail}
        onChange={({ currentTarget }) => setNewEmail(currentTarget.value)}
      />
      <TextField
        label={t('password')}
        name="password"
        type="password"
        autoComplete="new-password"
        placeholder={t('passwordHint')}
        maxLength={200}
        value={newPassword}
        onChange={({ currentTarget }) => setNewPassword(currentTarget.value)}
      />
      {(newEmail !== email || newPassword) && (
        <TextField
          label={t('currentPassword')}
          hint={t('currentPasswordHint')}
          name="currentPassword"
          type="password"
          autoComplete="current-password"
          maxLength={200}
        />
      )}
    </>
  )
}
