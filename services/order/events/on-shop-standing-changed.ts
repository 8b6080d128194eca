import { on } from '@doran/kernel'
import { shopStandingChanged } from '@doran/product/contract'
import { recordShop } from '../shops.ts'

/** Running it twice is harmless: a known version changes nothing. */
export const onShopStandingChanged = on(shopStandingChanged, (shop, ctx) => recordShop(ctx.db, shop), {
  lane: 'urgent',
})
