import { useNavigate } from '@tanstack/react-router'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Refused } from '../../ui/refused.tsx'
import { toast } from '../../ui/toasts.ts'
import { signOut } from '../sign-in/api/sign-in.ts'
import { useWithdraw } from './api/profile.ts'
import { myPageMessages } from './messages.ts'

export function WithdrawDialog({ userId, onClose }: { userId: string; onClose: () => void }) {
  const t = useMessages(myPageMessages)
  const navigate = useNavigate()
  const withdraw = useWithdraw()
  const confirm = () =>
    withdraw.mutate(userId, {
      onSuccess: async () => {
        await navigate({ to: '/' })
        await signOut()
        toast(t('withdrawn'))
      },
    })
  return (
    <Dialog open onClose={onClose} title={t('withdraw')} description={t('withdrawText')}>
      <Refused error={withdraw.error} />
      <div className="mt-4 flex flex-wrap justify-end gap-3">
        <Button look="secondary" onClick={onClose}>
          {t('keep')}
        </Button>
        <Button look="danger" busy={withdraw.isPending} onClick={confirm}>
          {t('withdrawConfirm')}
        </Button>
      </div>
    </Dialog>
  )
}
