import type { Address, Cart } from '@doran/order/contract'
import type { Address as SavedAddress } from '@doran/user/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { isRefusal } from '../../api/errors.ts'
import { useSession } from '../../api/use-session.ts'
import { useMessages } from '../../language/language.ts'
import { type AddressProblems, problemsOfAddress, toAddress } from '../addresses/address-form.ts'
import { addressBookQuery, saveAddress } from '../addresses/api/addresses.ts'
import type { usePlaceOrder } from './api/place-order.ts'
import { addressOfOrder, chosenAddress, NO_DELIVERY } from './delivery.ts'
import { checkoutMessages } from './messages.ts'
import { useKept } from './use-kept.ts'

export interface Checkout {
  cart: Cart
  saved: SavedAddress[]
  placing: ReturnType<typeof usePlaceOrder>
}

/** The buyer's input, and the steps from the button to a sent order. */
export function useCheckout({ cart, saved, placing }: Checkout) {
  const t = useMessages(checkoutMessages)
  const client = useQueryClient()
  const [delivery, change] = useKept(`doran.checkout.${useSession()?.userId}`, NO_DELIVERY)
  const [problems, setProblems] = useState<AddressProblems>({})

  /** Saves the new address first: its errors appear before anything is ordered. */
  const saving = useMutation({
    mutationFn: async (address: Address) => {
      const kept = await saveAddress(address, delivery.formKey)
      client.setQueryData(addressBookQuery.queryKey, (book = []) => [...book, kept])
      change({ chosen: kept.id, form: NO_DELIVERY.form })
    },
    onError: (error) => {
      if (isRefusal(error, 'postal_code_invalid')) setProblems({ postalCode: 'postal_invalid' })
      // A refused request has used its key, too.
      if (isRefusal(error)) change({ formKey: crypto.randomUUID() })
    },
  })

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const book = chosenAddress(saved, delivery.chosen)
    const found = book ? {} : problemsOfAddress(delivery.form)
    setProblems(found)
    if (Object.keys(found).length > 0) return focusFirstProblem(form)
    const address = book ? addressOfOrder(book) : toAddress(delivery.form)
    if (!book && delivery.form.save && !(await saving.mutateAsync(address).then(yes, no)))
      return focusFirstProblem(form)
    placing.mutate({ key: crypto.randomUUID(), cartId: cart.id, expectedTotal: cart.total, address, note: noteText() })
  }

  const noteText = () => {
    if (delivery.note === 'note_none') return ''
    return delivery.note === 'note_own' ? delivery.ownNote.trim() : t(delivery.note)
  }

  return { delivery, change, problems, saving, submit }
}

const yes = () => true
const no = () => false

/** Runs after the errors have been rendered. */
function focusFirstProblem(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid]')?.focus())
}
