import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { payWith, productLinks, putIntoCart, signUp, writeAddress } from '../shopping.ts'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

describe('a purchase in the browser', () => {
  it('leads from the search through registration and payment to the order', async () => {
    const visitor = await newVisitor({ url: (await theShop()).url })
    const { page } = visitor
    await visitor.open('/')

    await page.getByRole('searchbox', { name: 'Search products' }).fill('kimchi')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/search?q=kimchi')
    await productLinks(page).first().click()
    await page.waitForURL('**/products/**')
    await putIntoCart(page)
    await page.getByRole('link', { name: /^Cart, 1 item/ }).click()
    await page.getByRole('link', { name: 'Sign in and check out' }).click()
    await page.getByRole('link', { name: 'Sign up' }).click()
    await signUp(page, 'purchase@example.com')
    await page.waitForURL('**/checkout')
    await writeAddress(page)
    await payWith(page, /^Pay ₩/, 'good')

    await page.getByRole('heading', { level: 1, name: 'Thank you for your order!' }).waitFor()
    await page.getByRole('link', { name: 'See the order' }).click()
    await page.getByText('Paid: the sellers prepare your products').waitFor()
    assert.equal(await page.getByText('161 Sajik-ro').count(), 1)
    assert.equal(await page.getByRole('link', { name: 'Cart', exact: true }).count(), 1, 'the cart is empty')
    visitor.assertQuiet()
    await visitor.close()
  })

  it('continues with another card after a declined one, and can be cancelled with a refund', async () => {
    const shop = await theShop()
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    const { items } = await shop.admin.product.listProducts({ category: 'stationery', limit: 1 })
    await visitor.open(`/products/${items[0]?.id}`)
    await putIntoCart(page)
    await visitor.open('/register?to=/checkout')
    await signUp(page, 'declined@example.com')
    await page.waitForURL('**/checkout')
    await writeAddress(page)

    await payWith(page, /^Pay ₩/, 'declined')
    await page.getByText('The bank declined the card. Try another one.').first().waitFor()
    await payWith(page, /^Pay again/, 'good')
    await page.getByRole('heading', { level: 1, name: 'Thank you for your order!' }).waitFor()
    await page.getByRole('link', { name: 'See the order' }).click()
    await page.getByRole('button', { name: 'Cancel the order' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).click()

    await page.getByText(/₩[\d,]+ was given back to you\.$/).waitFor()
    visitor.assertQuiet()
    await visitor.close()
  })

  it('that is cancelled on the payment page can be paid later', async () => {
    const shop = await theShop()
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    const { items } = await shop.admin.product.listProducts({ category: 'tableware', limit: 1 })
    await visitor.open(`/products/${items[0]?.id}`)
    await putIntoCart(page)
    await visitor.open('/register?to=/checkout')
    await signUp(page, 'given-up@example.com')
    await page.waitForURL('**/checkout')
    await writeAddress(page)

    await page
      .getByRole('button', { name: /^Pay ₩/ })
      .locator('visible=true')
      .first()
      .click()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByText('You cancelled on the payment page.').first().waitFor()
    await payWith(page, /^Pay again/, 'good')

    await page.getByRole('heading', { level: 1, name: 'Thank you for your order!' }).waitFor()
    visitor.assertQuiet()
    await visitor.close()
  })
})
