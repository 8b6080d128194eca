import type { Address } from '@doran/user/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Plus } from '../../ui/icons.ts'
import { onDemand } from '../../ui/on-demand.tsx'
import { useFailureToast } from '../../ui/refused.tsx'
import { Failed, Notice, Skeleton, Waiting } from '../../ui/states.tsx'
import { toast } from '../../ui/toasts.ts'
import { AddressLines } from '../addresses/address-lines.tsx'
import { addressBookQuery, useRemoveAddress } from '../addresses/api/addresses.ts'
import { myPageMessages } from './messages.ts'
import { SectionTitle } from './my-page.tsx'

const AddressDialog = onDemand(() => import('./address-dialog.tsx'), 'AddressDialog')

export function AddressesScreen() {
  const t = useMessages(myPageMessages)
  const book = useQuery(addressBookQuery)
  const [open, setOpen] = useState<Address | 'new'>()
  const add = (
    <Button onClick={() => setOpen('new')}>
      <Plus className="size-5" aria-hidden />
      {t('addAddress')}
    </Button>
  )
  return (
    <>
      <SectionTitle title={t('addresses')}>{t('addressesText')}</SectionTitle>
      {book.isPending ? (
        <Waiting>
          <Skeleton className="h-32" />
        </Waiting>
      ) : book.isError ? (
        <Failed error={book.error} onRetry={book.refetch} />
      ) : book.data.length === 0 ? (
        <Notice picture="welcome" title={t('noAddresses')} actions={add}>
          {t('noAddressesText')}
        </Notice>
      ) : (
        <>
          <ul className="mb-6 space-y-3">
            {book.data.map((address) => (
              <AddressCard key={address.id} address={address} onEdit={() => setOpen(address)} />
            ))}
          </ul>
          {add}
        </>
      )}
      {open && <AddressDialog address={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
    </>
  )
}

function AddressCard({ address, onEdit }: { address: Address; onEdit: () => void }) {
  const t = useMessages(myPageMessages)
  const tellFailure = useFailureToast()
  const remove = useRemoveAddress()
  const { id, recipient } = address
  const drop = () =>
    remove.mutate(id, {
      onSuccess: () => toast(t('removed')),
      onError: tellFailure,
    })
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 rounded-2xl border border-line bg-surface p-5">
      <div className="min-w-48 flex-1">
        <AddressLines address={address} />
      </div>
      <div className="flex gap-1">
        <Button look="quiet" size="small" aria-label={t('editOf', { recipient })} onClick={onEdit}>
          {t('edit')}
        </Button>
        <Button
          look="quiet"
          size="small"
          busy={remove.isPending}
          aria-label={t('removeOf', { recipient })}
          onClick={drop}
        >
          {t('remove')}
        </Button>
      </div>
    </li>
  )
}
