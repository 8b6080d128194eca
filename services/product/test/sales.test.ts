import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId, publish, sql } from '@doran/kernel'
import { contract, post, Type } from '@doran/kernel/contract'
import { runJob } from '@doran/kernel/testing'
import { orderCancelled, orderPaid } from '@doran/order/contract'
import { product } from '../contract.ts'
import { aProduct, type Catalogue, startCatalogue } from './catalogue.ts'

/** The kernel's operation that receives events from other databases. */
const inbox = contract('product', {
  'doran.receive': post('/inbox', {
    summary: 'Take in an event from another database',
    access: 'internal',
    idempotent: true,
    body: Type.Object({ handler: Type.String(), event: Type.Unknown(), trace: Type.Null() }),
  }),
})

describe('the count of sold units', () => {
  let shop: Catalogue
  before(async () => {
    shop = await startCatalogue()
  })
  after(() => shop.close())

  const create = async () => (await shop.api(product, shop.seller).createProduct(aProduct())).id
  const database = () => shop.database('product')

  /** The data of an order's event: units by product, each product in a part of its own. */
  function order(units: Record<string, number>) {
    const about = { orderId: newId(), number: '1', buyerId: newId(), currency: 'KRW' as const, total: 1 }
    const sellers = Object.entries(units).map(([productId, quantity]) => ({
      sellerOrderId: newId(),
      sellerId: shop.seller.id,
      subtotal: 1,
      lines: [{ sku: 'ANY', productId, quantity, price: 1 }],
    }))
    return { ...about, sellers }
  }
  const pay = (units: Record<string, number>) =>
    database().transaction((tx) => publish(tx, orderPaid, { ...order(units), paymentId: newId() }))
  const cancel = (units: Record<string, number>) =>
    database().transaction((tx) => publish(tx, orderCancelled, { ...order(units), refunded: 1, reason: '' }))

  /** Waits until the events have arrived, and runs the job that counts them. */
  async function counted() {
    await shop.settled()
    await runJob(shop, 'product/job:count-sold-units')
  }

  async function sold(...ids: string[]): Promise<number[]> {
    const rows = await database().all<{ id: string; sold: number }>(sql`
      select product_id as id, sold from product.listings where product_id = any(${ids}::uuid[])`)
    return ids.map((id) => rows.find((row) => row.id === id)?.sold ?? Number.NaN)
  }

  it('moves a product up in the order of popularity', async () => {
    const [first, second, third] = [await create(), await create(), await create()]

    await pay({ [first]: 2, [second]: 5 })
    await pay({ [first]: 1 })
    await counted()

    assert.deepEqual(await sold(first, second, third), [3, 5, 0])
    const { items } = await shop.api(product).listProducts({ sort: 'popular', limit: 3 })
    assert.deepEqual(
      items.map(({ id }) => id),
      [second, first, third],
    )
  })

  it('decreases by cancelled units, and never below zero', async () => {
    const [kept, gone] = [await create(), await create()]

    await pay({ [kept]: 3, [gone]: 4 })
    await cancel({ [gone]: 4 })
    await counted()
    await cancel({ [kept]: 1 })
    await cancel({ [gone]: 4 })
    await counted()

    assert.deepEqual(await sold(kept, gone), [2, 0])
  })

  it('includes an order once, even when its event is delivered repeatedly', async () => {
    const id = await create()
    const event = { id: newId(), name: orderPaid.name, data: { ...order({ [id]: 3 }), paymentId: newId() } }
    const tell = () => shop.client(inbox)['doran.receive']({ handler: 'product/on:order.paid', event, trace: null })

    await tell()
    await counted()
    await tell()
    await counted()

    assert.deepEqual(await sold(id), [3])
  })

  it('of a product that is being written is updated by the next run', async () => {
    const [busy, free] = [await create(), await create()]
    await pay({ [busy]: 1, [free]: 1 })

    await database().transaction(async (tx) => {
      await tx.run(sql`update product.listings set price_from = 1 where product_id = ${busy}`)
      await counted()
      assert.deepEqual(await sold(busy, free), [0, 1])
    })
    await counted()

    assert.deepEqual(await sold(busy, free), [1, 1])
  })

  it('is kept when the seller changes the product', async () => {
    const written = aProduct()
    const { id } = await shop.api(product, shop.seller).createProduct(written)
    await pay({ [id]: 2 })
    await counted()

    await shop.api(product, shop.seller).updateProduct({ ...written, productId: id, category: 'kimchi' })

    assert.deepEqual(await sold(id), [2])
  })

  it('omits products that the catalogue does not have', async () => {
    const id = await create()

    await pay({ [newId()]: 1, [id]: 1 })
    await counted()

    assert.deepEqual(await sold(id), [1])
    assert.deepEqual(await database().all(sql`select 1 from product.sales`), [])
  })

  it('may be loaded with a catalogue, and a higher count is kept', async () => {
    const id = newId()
    const load = (sold?: number) =>
      shop.client(product).loadCatalogue({
        products: [{ ...written, id, sellerId: shop.seller.id, ...(sold !== undefined && { sold }) }],
      })
    const written = aProduct()
    const counts: number[] = []
    for (const history of [undefined, 7, undefined, 9, 8]) {
      await load(history)
      counts.push(...(await sold(id)))
    }

    assert.deepEqual(counts, [0, 7, 7, 9, 9])
    await assert.rejects(load(-1), /the input of product.loadCatalogue does not fit its schema/)
  })
})
