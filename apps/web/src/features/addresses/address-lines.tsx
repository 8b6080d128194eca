import type { Address } from '@doran/user/contract'
import { useMessages } from '../../language/language.ts'
import { addressMessages } from './messages.ts'

/** A saved address, as a card shows it. */
export function AddressLines({ address }: { address: Address }) {
  const t = useMessages(addressMessages)
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2 font-semibold">
        {address.recipient}
        {address.isDefault && (
          <span className="rounded-full bg-leaf-soft px-2 py-0.5 text-xs text-leaf">{t('isDefault')}</span>
        )}
      </span>
      <span className="mt-1 block text-sm">
        {address.line1}
        {address.line2 && `, ${address.line2}`}
      </span>
      <span className="block text-sm text-muted">
        {address.postalCode} · {address.phone}
      </span>
    </>
  )
}
