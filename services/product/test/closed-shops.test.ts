import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { rolesChanged } from '@doran/auth/contract'
import { newId, publish } from '@doran/kernel'
import { userStatusChanged } from '@doran/user/contract'
import { product, shopStandingChanged } from '../contract.ts'
import { aProduct, type Catalogue, soon, startCatalogue } from './catalogue.ts'

let platform: Catalogue
before(async () => {
  platform = await startCatalogue()
})
after(() => platform.close())

type Status = 'active' | 'suspended' | 'withdrawn'

/** Publishes an event of the user service. */
async function userIs(userId: string, status: Status, version: number): Promise<void> {
  await platform
    .database('product')
    .transaction((tx) => publish(tx, userStatusChanged, { userId, version, status, previous: 'active' }))
  await platform.settled()
}

/** Publishes an event of the auth service. */
async function rolesAre(userId: string, roles: ('seller' | 'admin')[], version: number): Promise<void> {
  await platform
    .database('product')
    .transaction((tx) => publish(tx, rolesChanged, { userId, version, roles, previous: [] }))
  await platform.settled()
}

/** A new shop with one product on sale and one that is stopped. */
async function openShop() {
  const seller = await platform.user(['seller'])
  await enter(seller.id)
  const api = platform.api(product, seller)
  const [onSale, stopped] = [await api.createProduct(aProduct()), await api.createProduct(aProduct())]
  await api.changeProductState({ productId: stopped.id, state: 'stopped' })
  return { id: seller.id, seller, api, onSale, stopped, sku: onSale.variants[0]?.sku as string }
}

const enter = (id: string) =>
  platform.client(product).upsertSeller({ id, slug: `shop-${id}`, name: { ko: '가게', en: 'Shop' } })

/** A shop as buyers see it. */
async function seenOf({ id, onSale, sku }: Awaited<ReturnType<typeof openShop>>) {
  const { items } = await platform.api(product).listProducts({ seller: id })
  const found = await platform.api(product).listProducts({ seller: id, q: 'New rice' })
  const page = await platform.request('GET', `/api/products/${onSale.id}`)
  const [offer] = await platform.client(product).getOffers({ skus: [sku] })
  return { listed: items.length, found: found.items.length, page: page.status, offer: offer?.state }
}

const OPEN = { listed: 1, found: 1, page: 200, offer: 'on-sale' }
const CLOSED = { listed: 0, found: 0, page: 404, offer: 'stopped' }

describe('a shop', () => {
  for (const status of ['suspended', 'withdrawn'] as const) {
    it(`whose seller is ${status} is closed: nothing of it is listed, shown or sold`, async () => {
      const shop = await openShop()
      await soon(async () => assert.deepEqual(await seenOf(shop), OPEN))

      await userIs(shop.id, status, 2)

      await soon(async () => assert.deepEqual(await seenOf(shop), CLOSED))
    })
  }

  it('is closed while its seller does not hold the role, whatever other roles they hold', async () => {
    const shop = await openShop()

    await rolesAre(shop.id, ['admin'], 1)
    await soon(async () => assert.deepEqual(await seenOf(shop), CLOSED))
    await rolesAre(shop.id, ['admin', 'seller'], 2)

    await soon(async () => assert.deepEqual(await seenOf(shop), OPEN))
  })

  it('sells the same products as before when it reopens, and publishes both changes', async () => {
    const shop = await openShop()

    await userIs(shop.id, 'suspended', 2)
    await userIs(shop.id, 'active', 3)

    await soon(async () => assert.deepEqual(await seenOf(shop), OPEN))
    const own = await shop.api.listSellerProducts({ state: 'stopped' })
    assert.deepEqual(
      own.items.map(({ id }) => id),
      [shop.stopped.id],
    )
    const told = (await platform.events(shopStandingChanged)).filter(({ sellerId }) => sellerId === shop.id)
    assert.deepEqual(
      told.map(({ isOpen }) => isOpen),
      [false, true],
    )
    assert.ok((told[0]?.version as number) < (told[1]?.version as number))
  })

  it('stays closed while one of two reasons remains', async () => {
    const shop = await openShop()

    await userIs(shop.id, 'suspended', 2)
    await rolesAre(shop.id, [], 1)
    await userIs(shop.id, 'active', 3)

    await soon(async () => assert.deepEqual(await seenOf(shop), CLOSED))
  })

  it('is not closed by an outdated event', async () => {
    const shop = await openShop()

    await userIs(shop.id, 'active', 5)
    await userIs(shop.id, 'suspended', 4)

    await soon(async () => assert.deepEqual(await seenOf(shop), OPEN))
  })

  it('lists products that are changed or put on sale while it is closed only after it reopens', async () => {
    const shop = await openShop()
    await userIs(shop.id, 'suspended', 2)

    await platform.api(product, platform.admin).changeProductState({ productId: shop.stopped.id, state: 'on-sale' })
    await soon(async () => assert.deepEqual(await seenOf(shop), CLOSED))
    await userIs(shop.id, 'active', 3)

    await soon(async () => assert.equal((await seenOf(shop)).listed, 2))
  })

  it('is closed from the start when its seller was suspended before', async () => {
    const id = newId()
    await userIs(id, 'suspended', 2)
    await enter(id)

    await platform.api(product, platform.admin).createProduct({ sellerId: id, ...aProduct() })

    assert.deepEqual((await platform.api(product).listProducts({ seller: id })).items, [])
  })

  it('still shows its products to its seller and to administrators while it is closed', async () => {
    const shop = await openShop()

    await userIs(shop.id, 'suspended', 2)

    for (const as of [shop.seller, platform.admin]) {
      const { status, body } = await platform.request('GET', `/api/products/${shop.onSale.id}`, { as })
      assert.deepEqual([status, body.state], [200, 'on-sale'])
    }
  })

  it('follows the latest standing of its seller when events arrive concurrently', async () => {
    const shop = await openShop()
    const news = Array.from({ length: 10 }, (_, index) => index + 2)

    await Promise.all(news.map((version) => userIs(shop.id, version % 2 ? 'active' : 'suspended', version)))

    await soon(async () => assert.deepEqual(await seenOf(shop), OPEN))
  })
})
