/** Every screen, and the preparation that it needs. */
import { article as articleContract } from '@doran/article/contract'
import { httpClient } from '@doran/kernel/client'
import type { Page } from 'playwright-core'
import { pay } from './paying.ts'
import type { Member, Shop } from './shop.ts'

export interface Screen {
  readonly name: string
  readonly path: string
  /** Who opens it: a guest, or the member of the tour. */
  readonly as: 'guest' | 'member'
  /** Steps before the screen counts, for example to open a menu. */
  readonly first?: (page: Page) => Promise<void>
}

export interface Tour {
  readonly member: Member
  readonly screens: readonly Screen[]
}

/** Prepares a member with orders, addresses and a full cart, and lists every screen. */
export async function prepareTour(shop: Shop): Promise<Tour> {
  const member = await shop.newMember()
  const { calls } = member
  const address = {
    recipient: '김도란',
    phone: '010-1234-5678',
    postalCode: '03045',
    line1: '서울특별시 종로구 사직로 161',
    line2: '3층',
    country: 'KR',
  }
  await calls.user.addAddress({ ...address, isDefault: true })
  const { items: products } = await calls.product.listProducts({ category: 'food', sort: 'popular', limit: 6 })
  const details = await Promise.all(products.map(({ id }) => calls.product.getProduct({ productId: id })))
  for (const { variants } of details) {
    await shop.admin.inventory.setStock({ sku: variants[0]?.sku as string, onHand: 40 })
  }
  const fill = async () => {
    const cart = await calls.order.createCart()
    for (const { variants } of details.slice(0, 4)) {
      await calls.order.addLine({ cartId: cart.id, sku: variants[0]?.sku as string, quantity: 2 })
    }
    return calls.order.getCart({ cartId: cart.id })
  }
  const place = async () => {
    const cart = await fill()
    return calls.order.placeOrder({ cartId: cart.id, expectedTotal: cart.total, address, note: '문 앞에 놓아 주세요' })
  }
  const paid = await place()
  await pay(shop, member, paid.id)
  const unpaid = await place()
  await fill()
  const { articles } = await httpClient(articleContract, { baseUrl: shop.url }).listArticles({ limit: 1 })
  const article = articles[0]
  if (!article) throw new Error('The tour needs a shop with a community.')

  const guest = (name: string, path: string, first?: Screen['first']): Screen => ({ name, path, as: 'guest', first })
  const own = (name: string, path: string, first?: Screen['first']): Screen => ({ name, path, as: 'member', first })
  return {
    member,
    screens: [
      guest('home', '/'),
      guest('category', '/categories/food'),
      guest('category-filtered', '/categories/kitchen?sort=price-asc&minPrice=20000'),
      guest('search', '/search?q=김치'),
      guest('search-nothing', '/search?q=zzzzzz'),
      guest('seller', `/sellers/${products[0]?.seller.id}`),
      guest('product', `/products/${products[0]?.id}`),
      guest('product-options', `/products/${details.find(({ options }) => options.length > 1)?.id ?? products[1]?.id}`),
      guest('product-missing', '/products/01900000-0000-7000-8000-000000000000'),
      guest('cart-empty', '/cart'),
      own('cart', '/cart'),
      guest('sign-in', '/sign-in'),
      guest('register', '/register'),
      own('checkout', '/checkout'),
      own('orders', '/orders'),
      own('order-paid', `/orders/${paid.id}`),
      own('order-unpaid', `/orders/${unpaid.id}`),
      own('order-complete', `/orders/${paid.id}/complete`),
      own('profile', '/me'),
      own('addresses', '/me/addresses'),
      own('password', '/me/password'),
      own('sessions', '/me/sessions'),
      own('preferences', '/me/preferences'),
      guest('community', '/community'),
      own('community-following', '/community?feed=following'),
      guest('community-tag', `/community/tag/${encodeURIComponent(article.tagList[0] ?? '')}`),
      guest('community-article', `/community/article/${encodeURIComponent(article.slug)}`),
      own('community-article-member', `/community/article/${encodeURIComponent(article.slug)}`),
      guest('community-profile', `/community/profile/${encodeURIComponent(article.author.username)}`),
      own('community-editor', '/community/editor'),
      own('community-settings', '/community/settings'),
      guest('not-found', '/nothing/here'),
    ],
  }
}
