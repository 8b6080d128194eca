import { useMutation } from '@tanstack/react-query'
import { getRouteApi, Link, useLocation } from '@tanstack/react-router'
import { useState } from 'react'
import { isRefusal } from '../../api/errors.ts'
import { useExplain } from '../../api/use-explain.ts'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Banner } from '../../ui/states.tsx'
import { type Account, type Problems, problemsOfSignIn, readAccount } from './account-form.ts'
import { AccountPage, FOOTER_LINK, focusFirstProblem } from './account-page.tsx'
import { signIn } from './api/sign-in.ts'
import { signInMessages } from './messages.ts'
import { PasswordField } from './password-field.tsx'
import { useSecondsLeft } from './use-seconds-left.ts'

const route = getRouteApi('/sign-in')

export function SignInScreen() {
  const t = useMessages(signInMessages)
  const { to } = route.useSearch()
  const { email } = useLocation({ select: ({ state }) => state })
  const navigate = route.useNavigate()
  const [problems, setProblems] = useState<Problems>({})
  const [typed, setTyped] = useState(email ?? '')
  const entering = useMutation({
    mutationFn: (account: Account) => signIn(account.email, account.password),
    onSuccess: () => navigate({ href: to ?? '/', replace: true }),
  })
  const submit = (form: HTMLFormElement) => {
    const account = readAccount(form)
    const found = problemsOfSignIn(account)
    setProblems(found)
    if (Object.keys(found).length > 0) focusFirstProblem(form)
    else entering.mutate(account)
  }
  const error = (field: 'email' | 'password') => problems[field] && t(problems[field])
  return (
    <AccountPage
      title={t('signIn')}
      lead={to === '/checkout' ? t('forCheckout') : t('signInLead')}
      onSubmit={submit}
      footer={
        <>
          {t('noAccount')}
          <Link to="/register" search={{ to }} state={{ email: typed }} replace className={FOOTER_LINK}>
            {t('register')}
          </Link>
        </>
      }
    >
      <TextField
        label={t('email')}
        name="email"
        type="email"
        autoComplete="username"
        autoCapitalize="none"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        error={error('email')}
      />
      <PasswordField autoComplete="current-password" error={error('password')} />
      <Refusal error={entering.error} />
      <Button type="submit" size="large" busy={entering.isPending} className="w-full">
        {t('submitSignIn')}
      </Button>
    </AccountPage>
  )
}

/** Explains the API's refusal; after too many attempts counts down the waiting time. */
function Refusal({ error }: { error: unknown }) {
  const t = useMessages(signInMessages)
  const explain = useExplain()
  const left = useSecondsLeft(isRefusal(error, 'too_many_attempts') ? error : undefined)
  if (!error || left === 0) return null
  return (
    <Banner tone="failure" role="alert">
      {/* Announced once, and not again with every second. */}
      <span className={left === undefined ? '' : 'sr-only'}>{explain(error).text}</span>
      {left !== undefined && <span aria-hidden>{t('wait', { count: left })}</span>}
    </Banner>
  )
}
