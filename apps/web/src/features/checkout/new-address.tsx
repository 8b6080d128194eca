import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { isRefusal } from '../../api/errors.ts'
import { useExplain } from '../../api/use-explain.ts'
import { useMessages } from '../../language/language.ts'
import { Checkbox } from '../../ui/field.tsx'
import { Banner } from '../../ui/states.tsx'
import { AddressFields } from '../addresses/address-fields.tsx'
import type { AddressProblems } from '../addresses/address-form.ts'
import { profileQuery } from '../my-page/api/profile.ts'
import type { Delivery } from './delivery.ts'
import { checkoutMessages } from './messages.ts'

export interface NewAddressProps {
  delivery: Delivery
  change: (part: Partial<Delivery>) => void
  problems: AddressProblems
  /** Why the new address could not be saved. */
  refused: unknown
}

/** The form of a new address, which is saved to the address book unless the buyer opts out. */
export function NewAddress({ delivery, change, problems, refused }: NewAddressProps) {
  const t = useMessages(checkoutMessages)
  const { form } = delivery
  const write = (part: Partial<Delivery['form']>) =>
    change({ form: { ...form, ...part }, formKey: crypto.randomUUID() })
  useOwnName(form.recipient, (recipient) => write({ recipient }))
  return (
    <>
      <AddressFields form={form} onChange={write} problems={problems} />
      <Checkbox
        className="mt-4"
        label={t('save')}
        checked={form.save}
        onChange={({ target }) => write({ save: target.checked })}
      />
      <SaveRefused error={form.save ? refused : undefined} />
    </>
  )
}

/** Fills in the buyer's own name, which most recipients have. */
function useOwnName(recipient: string, write: (name: string) => void): void {
  const { data: buyer } = useQuery(profileQuery)
  const name = buyer?.name
  // Only once: a name that the buyer deletes stays deleted.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the name arrives, and not at each letter
  useEffect(() => {
    if (name && !recipient) write(name)
  }, [name])
}

function SaveRefused({ error }: { error: unknown }) {
  const t = useMessages(checkoutMessages)
  const explain = useExplain()
  // This error appears at its field.
  if (!error || isRefusal(error, 'postal_code_invalid')) return null
  return (
    <Banner tone="failure" role="alert">
      <p className="font-semibold">{t('saveFailed')}</p>
      <p>{explain(error).text}</p>
      <p>{t('saveFailedHint')}</p>
    </Banner>
  )
}
