/** Goods for tests that order something. */
import { inventory } from '@doran/inventory/contract'
import type { TestPlatform } from '@doran/kernel/testing'
import { product } from '@doran/product/contract'

export interface Good {
  sku: string
  price: number
  onHand: number
  sellerId: string
}

/** Loads the goods and their sellers into the catalogue, all in the category food, and stocks them. */
export async function putOnSale({ client }: Pick<TestPlatform, 'client'>, goods: readonly Good[]): Promise<void> {
  const sellerIds = [...new Set(goods.map(({ sellerId }) => sellerId))]
  await client(product).loadCatalogue({
    categories: [{ slug: 'food', name: { ko: '식품', en: 'Food' }, parent: null, position: 0 }],
    sellers: sellerIds.map((id) => ({ id, slug: `shop-${id}`, name: { ko: '가게', en: 'Shop' } })),
    products: goods.map(({ sku, price, sellerId }) => ({
      sellerId,
      category: 'food',
      name: { ko: `상품 ${sku}`, en: `Product ${sku}` },
      variants: [{ sku, price }],
    })),
  })
  await client(inventory).loadStock({ items: goods.map(({ sku, sellerId, onHand }) => ({ sku, sellerId, onHand })) })
}
