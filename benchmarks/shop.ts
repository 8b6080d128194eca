/** The measured data: a generated catalogue in its own database. */

import { inventory } from '@doran/inventory/contract'
import { createPlatform } from '@doran/kernel/platform'
import { product } from '@doran/product/contract'
import { generateProducts, generateShops } from '../apps/server/seed/generate.ts'
import { identity, services } from '../apps/server/services.ts'

const SEED = 1
const PLENTIFUL_STOCK = 1_000_000

export interface Stocked {
  sku: string
  sellerId: string
}

/** Loads this many products with plentiful stock. Returns some SKUs of at least three sellers. */
export async function loadShop(databaseUrl: string, count: number): Promise<Stocked[]> {
  const platform = await createPlatform({ services, environment: { LOG_LEVEL: 'warn' }, databaseUrl, identity })
  await platform.client(product).loadCatalogue(generateShops(SEED))
  const sample: Stocked[] = []
  for (const products of generateProducts(count, SEED)) {
    await platform.client(product).loadCatalogue({ products })
    const items = products.flatMap(({ sellerId, variants }) =>
      variants.map(({ sku }) => ({ sku, sellerId, onHand: PLENTIFUL_STOCK })),
    )
    for (let index = 0; index < items.length; index += 5_000) {
      await platform.client(inventory).loadStock({ items: items.slice(index, index + 5_000) })
    }
    if (sample.length < 1_000) sample.push(...items.slice(0, 1_000))
  }
  await platform.close()
  return sample
}
