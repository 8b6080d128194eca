import type { Address } from '@doran/user/contract'
import { type FormEvent, useState } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Checkbox } from '../../ui/field.tsx'
import { Refused } from '../../ui/refused.tsx'
import { toast } from '../../ui/toasts.ts'
import { AddressFields } from '../addresses/address-fields.tsx'
import { type AddressForm, EMPTY_FORM, formOf, problemsOfAddress, toAddress } from '../addresses/address-form.ts'
import { useWriteAddress } from '../addresses/api/addresses.ts'
import { myPageMessages } from './messages.ts'

export interface AddressDialogProps {
  /** The address to change; without it, a new one. */
  address?: Address | undefined
  onClose: () => void
}

export function AddressDialog({ address, onClose }: AddressDialogProps) {
  const t = useMessages(myPageMessages)
  const [form, setForm] = useState<AddressForm>(address ? formOf(address) : EMPTY_FORM)
  const [key, setKey] = useState(() => crypto.randomUUID())
  const [isDefault, setIsDefault] = useState(address?.isDefault ?? false)
  const [sent, setSent] = useState(false)
  const write = useWriteAddress(key)
  const problems = sent ? problemsOfAddress(form) : {}
  const change = (part: Partial<AddressForm>) => {
    setForm((before) => ({ ...before, ...part }))
    setKey(crypto.randomUUID())
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setSent(true)
    if (Object.keys(problemsOfAddress(form)).length > 0) return
    write.mutate(
      { addressId: address?.id, address: toAddress(form), isDefault },
      {
        onSuccess() {
          toast(t('saved'))
          onClose()
        },
      },
    )
  }
  return (
    <Dialog open onClose={onClose} title={address ? t('editAddress') : t('addAddress')}>
      <form onSubmit={submit} noValidate className="space-y-4">
        <AddressFields form={form} onChange={change} problems={problems} />
        {!address?.isDefault && (
          <Checkbox
            label={t('makeDefault')}
            checked={isDefault}
            onChange={({ target }) => setIsDefault(target.checked)}
          />
        )}
        <Refused error={write.error} />
        <Button type="submit" busy={write.isPending} className="w-full">
          {t('save')}
        </Button>
      </form>
    </Dialog>
  )
}
