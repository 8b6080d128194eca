import type { ChangeEvent } from 'react'
import { useMessages } from '../../language/language.ts'
import { TextField } from '../../ui/field.tsx'
import { type AddressField, type AddressForm, type AddressProblems, writtenPhone } from './address-form.ts'
import { addressMessages } from './messages.ts'

export interface AddressFieldsProps {
  form: AddressForm
  onChange: (part: Partial<AddressForm>) => void
  problems: AddressProblems
}

/** The fields of a Korean address. */
export function AddressFields({ form, onChange, problems }: AddressFieldsProps) {
  const t = useMessages(addressMessages)
  const field = (name: AddressField) => ({
    name,
    value: form[name],
    error: problems[name] && t(problems[name]),
    onChange: ({ target }: ChangeEvent<HTMLInputElement>) => onChange({ [name]: target.value }),
  })
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
        onBlur={({ target }) => onChange({ phone: writtenPhone(target.value) })}
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
    </div>
  )
}
