import type { CartLine } from '@doran/order/contract'
import { useExplain } from '../../api/use-explain.ts'
import { useFormat, useMessages } from '../../language/language.ts'
import { toast } from '../../ui/toasts.ts'
import { useAddToCart, useRemoveLine, useSetQuantity } from './api/cart.ts'
import { cartMessages } from './messages.ts'

/** The actions on a cart's lines; a toast reports refusals. */
export function useCartActions() {
  const t = useMessages(cartMessages)
  const { text } = useFormat()
  const explain = useExplain()
  const { mutateAsync: set } = useSetQuantity()
  const { mutateAsync: take } = useRemoveLine()
  const { mutateAsync: add } = useAddToCart()
  // Uses promises, because a removed line is no longer on the screen when the refusal arrives.
  const onError = (error: unknown) => toast(t('refused'), { description: explain(error).text, tone: 'failure' })
  const remove = ({ sku, quantity, name, problem }: CartLine) => {
    take({ sku }).catch(onError)
    const undo = { label: t('undo'), run: () => add({ sku, quantity }).catch(onError) }
    toast(t('removed'), {
      description: name ? text(name) : t('unnamed'),
      ...(problem !== 'not_on_sale' && { action: undo }),
    })
  }
  const setQuantity = (sku: string, quantity: number) => {
    set({ sku, quantity }).catch(onError)
  }
  /** Makes the line orderable: sets it to the available quantity, or removes it. */
  const fix = (line: CartLine) => (line.available > 0 ? setQuantity(line.sku, line.available) : remove(line))
  return { remove, setQuantity, fix }
}
