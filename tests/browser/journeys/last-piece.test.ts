import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Member, Shop } from '../shop.ts'
import { payWith } from '../shopping.ts'
import { signedIn } from '../signed-in.ts'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

const address = {
  recipient: 'Dora Kim',
  phone: '010-1234-5678',
  postalCode: '03045',
  line1: '161 Sajik-ro, Jongno-gu, Seoul',
  country: 'KR',
}

/** Returns the first SKUs of two products, after setting their stock. */
async function twoInStock({ admin }: Shop, stock: readonly [number, number]) {
  const { items } = await admin.product.listProducts({ category: 'camping', limit: 2 })
  return Promise.all(
    items.map(async ({ id }, index) => {
      const { name, variants } = await admin.product.getProduct({ productId: id })
      const sku = variants[0]?.sku as string
      await admin.inventory.setStock({ sku, onHand: stock[index] as number })
      return { sku, name: name.en }
    }),
  )
}

/** Places an order and does not pay for it. */
async function place({ calls }: Member, skus: readonly string[]) {
  const { id } = await calls.order.createCart()
  for (const sku of skus) await calls.order.addLine({ cartId: id, sku, quantity: 1 })
  const { total } = await calls.order.getCart({ cartId: id })
  return calls.order.placeOrder({ cartId: id, expectedTotal: total, address, note: '' })
}

describe('the last unit', () => {
  it('goes to the buyer who pays first; the other learns it before paying, and continues without it', async () => {
    const shop = await theShop()
    const [faster, slower] = [await shop.newMember(), await shop.newMember()]
    const [last, plenty] = await twoInStock(shop, [1, 40])
    assert.ok(last && plenty)
    const order = await place(slower, [last.sku, plenty.sku])
    const theirs = await place(faster, [last.sku])
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    visitor.expectErrors(/409 \(Conflict\)/)
    await signedIn(visitor, slower)
    await visitor.open(`/orders/${order.id}`)
    const returnUrl = `${shop.url}/orders/${theirs.id}/payment`
    await faster.calls.order.startPayment({ orderId: theirs.id, returnUrl })

    await page.getByRole('button', { name: /^Pay now/ }).click()
    await page.getByText('Somebody else was faster. Nothing has been paid yet.').waitFor()
    await page.getByText(`${last.name}: 0 left`).waitFor()
    await page.getByRole('button', { name: 'Order what is left' }).click()
    await page.getByText('The order was reduced to what is in stock').waitFor()
    await payWith(page, /^Pay now/, 'good')

    await page.getByRole('heading', { level: 1, name: 'Thank you for your order!' }).waitFor()
    const { sellers } = await slower.calls.order.getOrder({ orderId: order.id })
    const skus = sellers.flatMap(({ lines }) => lines.map(({ sku }) => sku))
    assert.deepEqual(skus, [plenty.sku])
    visitor.assertQuiet()
    await visitor.close()
  })
})
