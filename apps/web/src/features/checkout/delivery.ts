/** The buyer's delivery choices and notes, kept during the checkout. */

import type { Address } from '@doran/order/contract'
import type { Address as SavedAddress } from '@doran/user/contract'
import { type AddressForm, EMPTY_FORM } from '../addresses/address-form.ts'

export const NOTES = ['note_none', 'note_door', 'note_guard', 'note_box', 'note_call', 'note_own'] as const

export interface Delivery {
  /** Id of a saved address, `new`, or undefined for the default. */
  chosen?: string
  form: AddressForm & {
    /** Whether to save it to the address book. */
    save: boolean
  }
  /** Idempotency key for saving the new address; renewed when the address changes. */
  formKey: string
  note: (typeof NOTES)[number]
  ownNote: string
}

export const NO_DELIVERY: Delivery = {
  form: { ...EMPTY_FORM, save: true },
  formKey: '',
  note: 'note_none',
  ownNote: '',
}

/** The saved address that the order goes to; undefined for a new one. */
export function chosenAddress(saved: readonly SavedAddress[], chosen: string | undefined): SavedAddress | undefined {
  if (chosen === 'new') return undefined
  return saved.find(({ id }) => id === chosen) ?? saved.find(({ isDefault }) => isDefault) ?? saved[0]
}

/** The part of a saved address that an order needs. */
export function addressOfOrder({ recipient, phone, postalCode, line1, line2, country }: SavedAddress): Address {
  return { recipient, phone, postalCode, line1, ...(line2 && { line2 }), country }
}
