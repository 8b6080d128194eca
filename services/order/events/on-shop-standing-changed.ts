import { on } from '@doran/kernel'
import { shopStandingChanged } from '@doran/product/contract'
import { takeInShop } from '../shops.ts'

/** Twice is harmless: a version that is known changes nothing. */
export const onShopStandingChanged = on(shopStandingChanged, (shop, ctx) => takeInShop(ctx.db, shop), {
  lane: 'urgent',
})
