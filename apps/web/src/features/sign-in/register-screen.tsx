import { useMutation } from '@tanstack/react-query'
import { getRouteApi, Link, useLocation } from '@tanstack/react-router'
import { useState } from 'react'
import { isRefusal } from '../../api/errors.ts'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Refused } from '../../ui/refused.tsx'
import { type Account, type Problems, problemsOfRegistration, readAccount } from './account-form.ts'
import { AccountPage, FOOTER_LINK, focusFirstProblem } from './account-page.tsx'
import { register } from './api/sign-in.ts'
import { signInMessages } from './messages.ts'
import { PasswordField } from './password-field.tsx'

const route = getRouteApi('/register')

export function RegisterScreen() {
  const t = useMessages(signInMessages)
  const { to } = route.useSearch()
  const { email } = useLocation({ select: ({ state }) => state })
  const navigate = route.useNavigate()
  const [problems, setProblems] = useState<Problems>({})
  const [typed, setTyped] = useState(email ?? '')
  const entering = useMutation({
    mutationFn: ({ account }: { account: Account; form: HTMLFormElement }) => register(account),
    onSuccess: () => navigate({ href: to ?? '/', replace: true }),
    onError: (error, { form }) => {
      if (!isRefusal(error, 'email_taken')) return
      setProblems({ email: 'email_taken' })
      focusFirstProblem(form)
    },
  })
  const submit = (form: HTMLFormElement) => {
    const account = readAccount(form)
    const found = problemsOfRegistration(account)
    setProblems(found)
    entering.reset()
    if (Object.keys(found).length > 0) focusFirstProblem(form)
    else entering.mutate({ account, form })
  }
  const error = (field: keyof Account) => problems[field] && t(problems[field])
  const toSignIn = (text: string) => (
    <Link to="/sign-in" search={{ to }} state={{ email: typed }} replace className={FOOTER_LINK}>
      {text}
    </Link>
  )
  return (
    <AccountPage
      title={t('register')}
      lead={to === '/checkout' ? t('forCheckoutNew') : t('registerLead')}
      onSubmit={submit}
      footer={
        <>
          {t('haveAccount')} {toSignIn(t('signIn'))}
        </>
      }
    >
      <TextField label={t('name')} name="name" autoComplete="name" hint={t('nameHint')} error={error('name')} />
      <div>
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
        {problems.email === 'email_taken' && toSignIn(t('signInInstead'))}
      </div>
      <PasswordField autoComplete="new-password" hint={t('passwordHint')} error={error('password')} />
      {!isRefusal(entering.error, 'email_taken') && <Refused error={entering.error} />}
      <Button type="submit" size="large" busy={entering.isPending} className="w-full">
        {t('submitRegister')}
      </Button>
    </AccountPage>
  )
}
