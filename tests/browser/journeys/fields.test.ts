import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { putIntoCart } from '../shopping.ts'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

describe('a field', () => {
  it('shows its mistake until the mistake is corrected, and shows it again when the form is sent with it again', async () => {
    const visitor = await newVisitor({ url: (await theShop()).url })
    const { page } = visitor
    const name = page.getByLabel('Name', { exact: true })
    await visitor.open('/register')

    await page.getByRole('button', { name: 'Create my account' }).click()
    assert.equal(await name.getAttribute('aria-invalid'), 'true')
    await name.fill('D')
    assert.equal(await name.getAttribute('aria-invalid'), null)
    assert.equal(await page.getByLabel('E-mail address').getAttribute('aria-invalid'), 'true')
    await name.fill('')
    await page.getByRole('button', { name: 'Create my account' }).click()

    await page.locator('input[name=name][aria-invalid]').waitFor()
    visitor.assertQuiet()
    await visitor.close()
  })

  it('for a quantity applies its value on Enter, and shows the limit when the value is above the stock', async () => {
    const shop = await theShop()
    const { items } = await shop.admin.product.listProducts({ category: 'bedding', limit: 1 })
    const { variants } = await shop.admin.product.getProduct({ productId: items[0]?.id as string })
    const [variant] = variants
    await shop.admin.inventory.setStock({ sku: variant?.sku as string, onHand: 5 })
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await visitor.open(`/products/${items[0]?.id}?sku=${variant?.sku}`)
    await putIntoCart(page)
    await visitor.open('/cart')
    const quantity = page.getByRole('textbox', { name: /Quantity$/ })

    await quantity.fill('3')
    await quantity.press('Enter')
    await page.getByRole('heading', { name: 'Cart 3 items' }).waitFor()
    await quantity.fill('999')
    await quantity.press('Enter')

    await page.getByText('You can have 5 at most.').waitFor()
    await page.getByRole('heading', { name: 'Cart 5 items' }).waitFor()
    assert.equal(await quantity.inputValue(), '5')
    visitor.assertQuiet()
    await visitor.close()
  })
})
