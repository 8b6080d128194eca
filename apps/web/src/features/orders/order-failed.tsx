import { isRefusal } from '../../api/errors.ts'
import { useMessages } from '../../language/language.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Failed, Notice } from '../../ui/states.tsx'
import { ordersMessages } from './messages.ts'

/** Why an order cannot be shown. If it does not exist or is somebody else's, there is no button to try again. */
export function OrderFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useMessages(ordersMessages)
  if (!isRefusal(error, 'order_not_found', 'validation_failed'))
    return <Failed error={error} onRetry={onRetry} level={1} />
  return (
    <Notice
      picture="not-found"
      level={1}
      title={t('notFound')}
      actions={<ButtonLink to="/orders">{t('toOrders')}</ButtonLink>}
    >
      {t('notFoundText')}
    </Notice>
  )
}
