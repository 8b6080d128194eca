import type { CartLine } from '@doran/order/contract'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { cartMessages } from './messages.ts'
import { useCartActions } from './use-cart-actions.ts'

/** Why the line cannot be ordered, and the one thing to do about it. */
export function LineProblem({ line }: { line: CartLine }) {
  const t = useMessages(cartMessages)
  const { fix } = useCartActions()
  const { problem, available } = line
  if (!problem) return null
  const gone = problem === 'not_on_sale' ? t('notOnSale') : t('soldOut')
  return (
    <div className="mt-4 flex flex-wrap items-center justify-between gap-2 rounded-2xl bg-alert-soft py-2 pr-2 pl-4 text-alert">
      <p className="font-medium">{available > 0 ? t('scarce', { available }) : gone}</p>
      <Button look="secondary" onClick={() => fix(line)}>
        {available > 0 ? t('takeLeft', { count: available }) : t('takeOut')}
      </Button>
    </div>
  )
}
