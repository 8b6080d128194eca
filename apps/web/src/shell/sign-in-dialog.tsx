import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { api } from '../api/client.ts'
import { beginSession, endSession, session } from '../api/session.ts'
import { forgetCart } from '../features/cart/api/cart.ts'
import { useMessages } from '../language/language.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Refused } from '../ui/refused.tsx'
import { shellMessages } from './messages.ts'

export interface SignInDialogProps {
  onSignedIn: () => void
  onClose: () => void
}

export function SignInDialog({ onSignedIn, onClose }: SignInDialogProps) {
  const t = useMessages(shellMessages)
  const signIn = useMutation({
    mutationFn: async ({ email, password }: { email: string; password: string }) => {
      const before = session.get()?.userId
      // The API would refuse the old token, and this dialog would wait for itself.
      endSession()
      const tokens = await api.auth.signIn({ email, password })
      if (before !== tokens.userId) forgetCart()
      beginSession(tokens)
    },
    onSuccess: onSignedIn,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    signIn.mutate({ email: String(form.get('email')), password: String(form.get('password')) })
  }
  return (
    <Dialog open onClose={onClose} title={t('signInAgain')} description={t('signInAgainText')}>
      <form onSubmit={submit} className="space-y-4">
        <TextField label={t('email')} name="email" type="email" autoComplete="username" required />
        <TextField label={t('password')} name="password" type="password" autoComplete="current-password" required />
        <Refused error={signIn.error} />
        <Button type="submit" busy={signIn.isPending} className="w-full">
          {t('signIn')}
        </Button>
      </form>
    </Dialog>
  )
}
