import type { CartLine } from '@doran/order/contract'
import { useExplain } from '../../api/use-explain.ts'
import { useFormat, useMessages } from '../../language/language.ts'
import { toast } from '../../ui/toasts.ts'
import { useAddToCart, useRemoveLine, useSetQuantity } from './api/cart.ts'
import { cartMessages } from './messages.ts'

/** What one does with the lines of a cart; what is refused is told in passing. */
export function useCartActions() {
  const t = useMessages(cartMessages)
  const { text } = useFormat()
  const explain = useExplain()
  const { mutateAsync: set } = useSetQuantity()
  const { mutateAsync: take } = useRemoveLine()
  const { mutateAsync: add } = useAddToCart()
  // Promises, because a line that was taken out is not on the screen any more when it turns out to be refused.
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
  /** Makes it orderable: as many as there are, or none. */
  const fix = (line: CartLine) => (line.available > 0 ? setQuantity(line.sku, line.available) : remove(line))
  return { remove, setQuantity, fix }
}
