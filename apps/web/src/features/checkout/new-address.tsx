import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { isRefusal } from '../../api/errors.ts'
import { useExplain } from '../../api/use-explain.ts'
import { useMessages } from '../../language/language.ts'
import { Checkbox, TextField } from '../../ui/field.tsx'
import { Banner } from '../../ui/states.tsx'
import type { AddressChoiceProps } from './address-choice.tsx'
import { type AddressField, type AddressForm, writtenPhone } from './address-form.ts'
import { buyerQuery } from './api/addresses.ts'
import { checkoutMessages } from './messages.ts'

/** The form of a Korean address. */
export function NewAddress({ delivery, change, problems, refused }: AddressChoiceProps) {
  const t = useMessages(checkoutMessages)
  const { form } = delivery
  const write = (part: Partial<AddressForm>) => change({ form: { ...form, ...part }, formKey: crypto.randomUUID() })
  const field = (name: AddressField) => ({
    name,
    value: form[name],
    error: problems[name] && t(problems[name]),
    onChange: ({ target }: { target: HTMLInputElement }) => write({ [name]: target.value }),
  })
  useOwnName(form.recipient, (recipient) => write({ recipient }))
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField label={t('recipient')} autoComplete="name" maxLength={100} {...field('recipient')} />
      <TextField
        label={t('phone')}
        type="tel"
        autoComplete="tel"
        maxLength={20}
        hint={t('phoneHint')}
        {...field('phone')}
        onBlur={({ target }) => write({ phone: writtenPhone(target.value) })}
      />
      <TextField
        label={t('postalCode')}
        inputMode="numeric"
        autoComplete="postal-code"
        maxLength={5}
        hint={t('postalHint')}
        className="max-w-44"
        {...field('postalCode')}
      />
      <TextField
        label={t('line1')}
        autoComplete="address-line1"
        maxLength={200}
        hint={t('line1Hint')}
        className="sm:col-span-2"
        {...field('line1')}
      />
      <TextField
        label={t('line2')}
        autoComplete="address-line2"
        maxLength={200}
        hint={t('line2Hint')}
        className="sm:col-span-2"
        {...field('line2')}
      />
      <div className="sm:col-span-2">
        <Checkbox label={t('save')} checked={form.save} onChange={({ target }) => write({ save: target.checked })} />
        <SaveRefused error={form.save ? refused : undefined} />
      </div>
    </div>
  )
}

/** Who orders for themselves need not write their name again. */
function useOwnName(recipient: string, write: (name: string) => void): void {
  const { data: buyer } = useQuery(buyerQuery)
  const name = buyer?.name
  // Only once: a name that was deleted stays deleted.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the name arrives, and not at each letter
  useEffect(() => {
    if (name && !recipient) write(name)
  }, [name])
}

function SaveRefused({ error }: { error: unknown }) {
  const t = useMessages(checkoutMessages)
  const explain = useExplain()
  // That one is said at its field.
  if (!error || isRefusal(error, 'postal_code_invalid')) return null
  return (
    <Banner tone="failure" role="alert">
      <p className="font-semibold">{t('saveFailed')}</p>
      <p>{explain(error).text}</p>
      <p>{t('saveFailedHint')}</p>
    </Banner>
  )
}
