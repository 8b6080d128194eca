import { useNavigate } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { Refused } from '../../ui/refused.tsx'
import { toast } from '../../ui/toasts.ts'
import { leave } from '../sign-in/api/sign-in.ts'
import { useWithdraw } from './api/profile.ts'
import { myPageMessages } from './messages.ts'

export function WithdrawDialog({ onClose }: { onClose: () => void }) {
  const t = useMessages(myPageMessages)
  const navigate = useNavigate()
  const withdraw = useWithdraw()
  const confirm = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    withdraw.mutate(String(new FormData(event.currentTarget).get('password')), {
      onSuccess: async () => {
        leave()
        toast(t('withdrawn'))
        await navigate({ to: '/' })
      },
    })
  }
  return (
    <Dialog open onClose={onClose} title={t('withdraw')} description={t('withdrawText')}>
      <Refused error={withdraw.error} />
      <form onSubmit={confirm}>
        <TextField
          label={t('currentPassword')}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <div className="mt-4 flex flex-wrap justify-end gap-3">
          <Button look="secondary" onClick={onClose}>
            {t('keep')}
          </Button>
          <Button look="danger" type="submit" busy={withdraw.isPending}>
            {t('withdrawConfirm')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
