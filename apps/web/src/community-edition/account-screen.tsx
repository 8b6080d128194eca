import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { at, REGISTER, SIGN_IN } from '../features/community/edition.ts'
import { ErrorMessages } from '../features/community/error-messages.tsx'
import { blankFields } from '../features/community/form-fields.ts'
import { formMessages } from '../features/community/form-messages.ts'
import { useErrorLines } from '../features/community/use-error-lines.ts'
import { useMessages } from '../language/language.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Page } from '../ui/page.tsx'
import { editionMessages } from './messages.ts'
import { register, signIn } from './sign-in.ts'

export function LoginScreen() {
  const t = useMessages(editionMessages)
  const search = useSearch({ strict: false })
  return (
    <AccountPage title={t('signIn')}>
      <Link to={REGISTER} search={search} className={LINK}>
        {t('noAccount')}
      </Link>
      <AccountForm needed={['email', 'password']} label={t('signIn')} send={signIn} />
    </AccountPage>
  )
}

export function RegisterScreen() {
  const t = useMessages(editionMessages)
  const search = useSearch({ strict: false })
  return (
    <AccountPage title={t('signUp')}>
      <Link to={SIGN_IN} search={search} className={LINK}>
        {t('haveAccount')}
      </Link>
      <AccountForm needed={['username', 'email', 'password']} label={t('signUp')} send={register} />
    </AccountPage>
  )
}

const LINK = 'mb-6 inline-block py-2 text-brand underline underline-offset-4'

function AccountPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="auth-page">
      <Page title={title} width="form">
        <div className="pt-6 text-center">
          <h1 className="text-3xl font-extrabold">{title}</h1>
        </div>
        <div className="text-center">{children}</div>
      </Page>
    </div>
  )
}

type Field = 'username' | 'email' | 'password'

interface AccountFormProps {
  needed: readonly Field[]
  label: string
  send: (account: Record<Field, string>) => Promise<void>
}

function AccountForm({ needed, label, send }: AccountFormProps) {
  const t = useMessages(formMessages)
  const linesOf = useErrorLines()
  const navigate = useNavigate()
  const { to = at('') }: { to?: string } = useSearch({ strict: false })
  const [blank, setBlank] = useState<readonly Field[]>([])
  const { mutate, isPending, error } = useMutation({ mutationFn: send })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const account = Object.fromEntries(new FormData(event.currentTarget)) as Record<Field, string>
    const missing = blankFields(account, needed)
    setBlank(missing)
    if (missing.length === 0) mutate(account, { onSuccess: () => navigate({ href: to }) })
  }
  const lines = blank.length > 0 ? blank.map((field) => t(`blank_${field}`)) : error ? linesOf(error) : []
  return (
    <form noValidate onSubmit={submit} className="space-y-4 text-left">
      <ErrorMessages lines={lines} />
      <AccountFields needed={needed} />
      <Button type="submit" size="large" busy={isPending} className="btn btn-primary w-full">
        {label}
      </Button>
    </form>
  )
}

function AccountFields({ needed }: { needed: readonly Field[] }) {
  const t = useMessages(editionMessages)
  const isNew = needed.includes('username')
  return (
    <>
      {isNew && <TextField label={t('username')} name="username" autoComplete="username" maxLength={60} />}
      <TextField label={t('email')} name="email" type="email" autoComplete={isNew ? 'email' : 'username'} />
      <TextField
        label={t('password')}
        hint={isNew ? t('passwordRule') : undefined}
        name="password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        maxLength={200}
      />
    </>
  )
}
