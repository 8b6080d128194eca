import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { putIntoCart } from '../shopping.ts'
import { signedIn } from '../signed-in.ts'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

/** Returns products of a category with their first SKUs. */
async function productsOf(category: string, limit: number) {
  const { admin } = await theShop()
  const { items } = await admin.product.listProducts({ category, limit })
  return Promise.all(
    items.map(async ({ id }) => {
      const { name, variants } = await admin.product.getProduct({ productId: id })
      return { id, name: name.en, sku: variants[0]?.sku as string }
    }),
  )
}

describe('the cart', () => {
  it("of a guest is merged into the member's own at sign-in", async () => {
    const shop = await theShop()
    const member = await shop.newMember()
    const [before, added] = await productsOf('bedding', 2)
    const own = await member.calls.order.createCart()
    await member.calls.order.addLine({ cartId: own.id, sku: before?.sku as string, quantity: 1 })
    const visitor = await newVisitor({ url: shop.url })
    await visitor.open(`/products/${added?.id}`)
    await putIntoCart(visitor.page)

    await signedIn(visitor, member)
    await visitor.open('/cart')

    for (const product of [before, added]) {
      assert.equal(
        await visitor.page.getByRole('main').getByRole('link', { name: product?.name }).count(),
        1,
        product?.name,
      )
    }
    visitor.assertQuiet()
    await visitor.close()
  })

  it('names at sign-in what it had no room for', async () => {
    const shop = await theShop()
    const member = await shop.newMember()
    const [product] = await productsOf('bedding', 1)
    const sku = product?.sku as string
    await shop.admin.inventory.setStock({ sku, onHand: 2_000 })
    const own = await member.calls.order.createCart()
    await member.calls.order.addLine({ cartId: own.id, sku, quantity: 999 })
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await visitor.open(`/products/${product?.id}?sku=${sku}`)
    await page.getByRole('button', { name: 'Put into cart' }).locator('visible=true').first().click()
    await page.getByText('It is in your cart').waitFor()

    await page.goto('/sign-in?to=/cart')
    await page.getByLabel('E-mail address').fill(member.email)
    await page.getByLabel('Password', { exact: true }).fill(member.password)
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()

    // The accessibility tree hides the toast, because a screen reader announces its text separately.
    const toast = page.getByRole('alertdialog', {
      name: 'Your cart is full, so something was left out',
      includeHidden: true,
    })
    await toast.getByText(product?.name as string).waitFor()
    visitor.assertQuiet()
    await visitor.close()
  })

  it('shows what has sold out meanwhile, and offers what is left', async () => {
    const shop = await theShop()
    const [product] = await productsOf('lighting', 1)
    const sku = product?.sku as string
    await shop.admin.inventory.setStock({ sku, onHand: 5 })
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await visitor.open(`/products/${product?.id}?sku=${sku}`)
    await page.getByRole('button', { name: 'One more' }).locator('visible=true').first().click()
    await page.getByRole('button', { name: 'Put into cart' }).locator('visible=true').first().click()
    await page.getByText('It is in your cart').waitFor()

    await shop.admin.inventory.setStock({ sku, onHand: 1 })
    await visitor.open('/cart')
    await page.getByText('Only 1 left.').waitFor()
    await page.getByRole('button', { name: 'Take the one that is left' }).first().click()
    await page.getByText('Only 1 left.').waitFor({ state: 'hidden' })
    assert.equal(await page.getByRole('textbox', { name: /Quantity$/ }).inputValue(), '1')

    await shop.admin.inventory.setStock({ sku, onHand: 0 })
    await visitor.open('/cart')
    await page.getByText('This is sold out.').waitFor()
    await page.getByRole('button', { name: 'Take it out' }).first().click()
    await page.getByRole('heading', { name: 'Your cart is empty' }).waitFor()
    visitor.assertQuiet()
    await visitor.close()
  })
})
