import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseOptions, payWith, putIntoCart, writeAddress } from '../shopping.ts'
import { signedIn } from '../signed-in.ts'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

/** Returns two products of a category. */
async function twoProducts(category: string) {
  const { admin } = await theShop()
  const { items } = await admin.product.listProducts({ category, limit: 2 })
  const [first, second] = items
  assert.ok(first && second)
  return [first, second] as const
}

describe('buying at once', () => {
  it('orders that product alone and leaves the cart as it is', async () => {
    const shop = await theShop()
    const member = await shop.newMember()
    const [inCart, wanted] = await twoProducts('tableware')
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await signedIn(visitor, member)
    await visitor.open(`/products/${inCart.id}`)
    await putIntoCart(page)

    await visitor.open(`/products/${wanted.id}`)
    await chooseOptions(page)
    await page.getByRole('button', { name: 'Buy now' }).locator('visible=true').first().click()
    await page.waitForURL('**/checkout?cart=*')
    await page.getByText(wanted.name.en).first().waitFor()
    assert.equal(await page.getByRole('main').getByText(inCart.name.en).count(), 0)
    await writeAddress(page)
    await payWith(page, /^Pay ₩/, 'good')

    await page.getByRole('heading', { level: 1, name: 'Thank you for your order!' }).waitFor()
    await page.getByRole('link', { name: /^Cart, 1 item/ }).click()
    await page.getByRole('link', { name: inCart.name.en }).first().waitFor()
    visitor.assertQuiet()
    await visitor.close()
  })

  it('continues after sign-in for a visitor who was not signed in', async () => {
    const shop = await theShop()
    const member = await shop.newMember()
    const [wanted] = await twoProducts('stationery')
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await visitor.open(`/products/${wanted.id}`)
    await chooseOptions(page)

    await page.getByRole('button', { name: 'Buy now' }).locator('visible=true').first().click()
    await page.getByLabel('E-mail address').fill(member.email)
    await page.getByLabel('Password', { exact: true }).fill(member.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()

    await page.waitForURL('**/checkout?cart=*')
    await page.getByText(wanted.name.en).first().waitFor()
    visitor.assertQuiet()
    await visitor.close()
  })

  it('leads back to a product that sold out meanwhile, and asks for no money', async () => {
    const shop = await theShop()
    const member = await shop.newMember()
    const [wanted] = await twoProducts('lighting')
    const { variants } = await shop.admin.product.getProduct({ productId: wanted.id })
    const sku = variants[0]?.sku as string
    await shop.admin.inventory.setStock({ sku, onHand: 3 })
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await signedIn(visitor, member)
    await visitor.open(`/products/${wanted.id}?sku=${sku}`)
    await page.getByRole('button', { name: 'Buy now' }).locator('visible=true').first().click()
    await page.waitForURL('**/checkout?cart=*')

    await shop.admin.inventory.setStock({ sku, onHand: 0 })
    await page.reload()

    await page.getByText('This has sold out meanwhile.').waitFor()
    await page.getByRole('button', { name: 'Nothing here can be ordered' }).waitFor()
    await page.getByRole('link', { name: 'Choose again on its page' }).click()
    await page.waitForURL(`**/products/${wanted.id}`)
    visitor.assertQuiet()
    await visitor.close()
  })
})
