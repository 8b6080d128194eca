import { type FormEvent, useRef, useState } from 'react'
import { isRefusal } from '../../api/errors.ts'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, TextField } from '../../ui/field.tsx'
import { Refused } from '../../ui/refused.tsx'
import { toast } from '../../ui/toasts.ts'
import { useChangePassword } from './api/sessions.ts'
import { myPageMessages } from './messages.ts'
import { SectionTitle } from './my-page.tsx'

const MIN_PASSWORD_LENGTH = 8

export function PasswordScreen() {
  const t = useMessages(myPageMessages)
  const form = useRef<HTMLFormElement>(null)
  const [shown, setShown] = useState(false)
  const [tooShort, setTooShort] = useState(false)
  const change = useChangePassword()
  const wrong = isRefusal(change.error, 'password_wrong')
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const newPassword = String(given.get('newPassword'))
    setTooShort(newPassword.length < MIN_PASSWORD_LENGTH)
    if (newPassword.length < MIN_PASSWORD_LENGTH) return
    change.mutate(
      { currentPassword: String(given.get('currentPassword')), newPassword },
      {
        onSuccess() {
          form.current?.reset()
          toast(t('passwordChanged'))
        },
      },
    )
  }
  const type = shown ? 'text' : 'password'
  return (
    <>
      <SectionTitle title={t('password')}>{t('passwordText')}</SectionTitle>
      <form ref={form} onSubmit={submit} className="space-y-5">
        <TextField
          label={t('currentPassword')}
          name="currentPassword"
          type={type}
          autoComplete="current-password"
          required
          error={wrong ? t('passwordWrong') : undefined}
        />
        <TextField
          label={t('newPassword')}
          hint={t('newPasswordHint')}
          name="newPassword"
          type={type}
          autoComplete="new-password"
          required
          maxLength={200}
          error={tooShort ? t('passwordShort') : undefined}
        />
        <Checkbox
          label={t('showPassword')}
          checked={shown}
          onChange={({ currentTarget }) => setShown(currentTarget.checked)}
        />
        {!wrong && <Refused error={change.error} />}
        <Button type="submit" busy={change.isPending}>
          {t('changePassword')}
        </Button>
      </form>
    </>
  )
}
