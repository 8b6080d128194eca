/** A new address while it is being entered, in the Korean form. */
import type { Address } from '@doran/order/contract'
import type { Address as SavedAddress } from '@doran/user/contract'

export interface AddressForm {
  recipient: string
  phone: string
  postalCode: string
  line1: string
  line2: string
}

export const EMPTY_FORM: AddressForm = { recipient: '', phone: '', postalCode: '', line1: '', line2: '' }

export type AddressField = keyof AddressForm

export type AddressProblem =
  | 'recipient_missing'
  | 'phone_missing'
  | 'phone_invalid'
  | 'postal_missing'
  | 'postal_invalid'
  | 'line1_missing'

export type AddressProblems = Partial<Record<AddressField, AddressProblem>>

/** The fields' errors, in the fields' order on the screen. */
export function problemsOfAddress({ recipient, phone, postalCode, line1 }: AddressForm): AddressProblems {
  const digits = phone.replace(/\D/g, '')
  return {
    ...(!recipient.trim() && { recipient: 'recipient_missing' }),
    ...(!phone.trim()
      ? { phone: 'phone_missing' }
      : !(/^\+?\(?\d(?:[ .()-]{0,2}\d){6,17}$/.test(phone.trim()) && digits.length <= 15) && {
          phone: 'phone_invalid',
        }),
    ...(!postalCode.trim()
      ? { postalCode: 'postal_missing' }
      : !/^\d{5}$/.test(postalCode.trim()) && { postalCode: 'postal_invalid' }),
    ...(!line1.trim() && { line1: 'line1_missing' }),
  }
}

/** The address of a form without errors. */
export function toAddress({ recipient, phone, postalCode, line1, line2 }: AddressForm): Address {
  return {
    recipient: recipient.trim(),
    phone: phone.trim(),
    postalCode: postalCode.trim(),
    line1: line1.trim(),
    ...(line2.trim() && { line2: line2.trim() }),
    country: 'KR',
  }
}

/** Formats Korean numbers with hyphens; all others stay as typed. */
export function writtenPhone(typed: string): string {
  const digits = typed.replace(/[ .()-]/g, '')
  if (!/^0\d{8,10}$/.test(digits)) return typed.trim()
  const area = digits.startsWith('02') ? 2 : 3
  return `${digits.slice(0, area)}-${digits.slice(area, -4)}-${digits.slice(-4)}`
}

/** A saved address as a form, for editing. */
export function formOf({ recipient, phone, postalCode, line1, line2 }: SavedAddress): AddressForm {
  return { recipient, phone, postalCode, line1, line2: line2 ?? '' }
}
