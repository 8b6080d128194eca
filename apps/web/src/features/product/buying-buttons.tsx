import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { productMessages } from './messages.ts'
import type { Buying } from './use-buying.ts'

export function BuyingButtons({ buying, className }: { buying: Buying; className: string }) {
  const t = useMessages(productMessages)
  const { doing, unavailable, buy } = buying
  if (unavailable) {
    return (
      <div className={className}>
        <Button size="large" disabled className="flex-1">
          {t('soldOut')}
        </Button>
      </div>
    )
  }
  const other = (what: Buying['doing']) => doing !== undefined && doing !== what
  return (
    <div className={`gap-2.5 ${className}`}>
      <Button
        look="secondary"
        size="large"
        busy={doing === 'cart'}
        disabled={other('cart')}
        onClick={() => buy('cart')}
        className="flex-1 px-4"
      >
        {t('addToCart')}
      </Button>
      <Button
        size="large"
        busy={doing === 'checkout'}
        disabled={other('checkout')}
        onClick={() => buy('checkout')}
        className="flex-1 px-4"
      >
        {t('buyNow')}
      </Button>
    </div>
  )
}
