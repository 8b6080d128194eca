import type { Address as SavedAddress } from '@doran/user/contract'
import type { ReactNode } from 'react'
import { useMessages } from '../../language/language.ts'
import { AddressLines } from '../addresses/address-lines.tsx'
import { chosenAddress } from './delivery.ts'
import { checkoutMessages } from './messages.ts'
import { NewAddress, type NewAddressProps } from './new-address.tsx'

interface AddressChoiceProps extends NewAddressProps {
  saved: SavedAddress[]
}

/** The address book as cards, with a new address as the last one. With an empty book, only the form. */
export function AddressChoice(props: AddressChoiceProps) {
  const t = useMessages(checkoutMessages)
  const { saved, delivery, change } = props
  const chosen = chosenAddress(saved, delivery.chosen)
  if (saved.length === 0) return <NewAddress {...props} />
  return (
    <fieldset>
      <legend className="sr-only">{t('chooseAddress')}</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        {saved.map((address) => (
          <Card
            key={address.id}
            value={address.id}
            checked={chosen === address}
            onChoose={(id) => change({ chosen: id })}
          >
            <AddressLines address={address} />
          </Card>
        ))}
        <Card value="new" checked={!chosen} onChoose={(id) => change({ chosen: id })}>
          <span className="block font-semibold">{t('newAddress')}</span>
          <span className="mt-1 block text-sm text-muted">{t('newAddressText')}</span>
        </Card>
      </div>
      {!chosen && (
        <div className="mt-5">
          <NewAddress {...props} />
        </div>
      )}
    </fieldset>
  )
}

interface CardProps {
  value: string
  checked: boolean
  onChoose: (value: string) => void
  children: ReactNode
}

function Card({ value, checked, onChoose, children }: CardProps) {
  return (
    <label className="flex cursor-pointer gap-3 rounded-2xl border border-line p-4 hover:border-field-line has-checked:border-brand has-checked:bg-brand-soft/40 has-checked:ring-1 has-checked:ring-brand">
      <input
        type="radio"
        name="address"
        value={value}
        checked={checked}
        onChange={() => onChoose(value)}
        className="mt-1 size-5 shrink-0 accent-brand"
      />
      <span className="min-w-0">{children}</span>
    </label>
  )
}
