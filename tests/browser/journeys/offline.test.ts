import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseOptions, putIntoCart } from '../shopping.ts'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

describe('without a network', () => {
  it('the page stays visible, actions say that they cannot run, and work again when the network is back', async () => {
    const shop = await theShop()
    const { items } = await shop.admin.product.listProducts({ category: 'crafts', limit: 1 })
    const visitor = await newVisitor({ url: shop.url })
    const { page, context } = visitor
    visitor.expectErrors(/ERR_INTERNET_DISCONNECTED/)
    // The code of toasts is loaded when the page is idle.
    const toaster = page.waitForResponse(/assets\/toast-/)
    await visitor.open(`/products/${items[0]?.id}`)
    await toaster
    const title = await page.getByRole('heading', { level: 1 }).textContent()
    await chooseOptions(page)

    await context.setOffline(true)
    await page.getByText('You are offline. What you have seen stays').waitFor()
    await page.getByRole('button', { name: 'Put into cart' }).locator('visible=true').first().click()
    await page.getByText('You are offline', { exact: true }).first().waitFor()
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), title)

    await context.setOffline(false)
    await page.getByText('You are offline. What you have seen stays').waitFor({ state: 'hidden' })
    await putIntoCart(page)
    visitor.assertQuiet()
    await visitor.close()
  })

  it('a screen that could not be loaded appears by itself when the network is back', async () => {
    const visitor = await newVisitor({ url: (await theShop()).url })
    const { page, context } = visitor
    visitor.expectErrors(/ERR_INTERNET_DISCONNECTED|There is no network to load the screen from/)
    await visitor.open('/')

    await context.setOffline(true)
    await page.getByRole('link', { name: 'Food' }).first().click()
    await page.getByRole('alert').getByText('You are offline').waitFor()
    await context.setOffline(false)

    await page.getByRole('heading', { level: 1, name: 'Food' }).waitFor()
    visitor.assertQuiet()
    await visitor.close()
  })

  it('an application that could not be loaded says so, and loads on a second try', async () => {
    const visitor = await newVisitor({ url: (await theShop()).url })
    const { page } = visitor
    visitor.expectErrors(/ERR_FAILED|Failed to fetch/)
    await page.route('**/config.json', (route) => route.abort())
    await visitor.open('/')

    await page.getByRole('heading', { level: 1, name: 'Doran could not be loaded' }).waitFor()
    await page.unroute('**/config.json')
    await page.getByRole('button', { name: 'Try again' }).click()

    await page.getByRole('heading', { name: 'Loved by many' }).waitFor()
    visitor.assertQuiet()
    await visitor.close()
  })
})
