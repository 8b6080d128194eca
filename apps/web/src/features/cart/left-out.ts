import type { Cart } from '@doran/order/contract'
import { translate } from '../../language/catalogue.ts'
import { currentLanguage } from '../../language/language.ts'
import { toast } from '../../ui/toasts.ts'
import { cartMessages } from './messages.ts'

/** After a merge, names the items that did not fit into the member's cart. The names come from the guest's cart. */
export function tellLeftOut({ lines, leftOut }: Cart, guests: Cart | null | undefined): void {
  const [first] = leftOut ?? []
  if (!leftOut || !first) return
  const language = currentLanguage()
  const t = translate(cartMessages, language)
  const known = [...(guests?.lines ?? []), ...lines].find(({ sku }) => sku === first.sku)
  const name = known?.name?.[language] ?? first.sku
  const description = leftOut.length > 1 ? t('leftOutMore', { name, count: leftOut.length - 1 }) : name
  toast(t('leftOut'), { description, tone: 'failure' })
}
