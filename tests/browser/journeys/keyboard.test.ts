import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { CARDS } from '../paying.ts'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

/** Presses Tab until the element with this name has the focus, as a visitor without a mouse does. */
async function tabTo(page: Page, name: RegExp, role = ''): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null
      const labels = (element as HTMLInputElement | null)?.labels
      const label = labels?.length
        ? labels[0]?.textContent
        : (element?.getAttribute('aria-label') ?? element?.textContent)
      return { label: label?.trim() ?? '', tag: element?.tagName.toLowerCase() ?? '' }
    })
    if (name.test(focused.label) && (role === '' || focused.tag === role)) return
  }
  assert.fail(`Tab never came to ${name}`)
}

describe('a visitor with only a keyboard', () => {
  it('skips the header, chooses a product, registers, orders and pays', async () => {
    const shop = await theShop()
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    const { items } = await shop.admin.product.listProducts({ category: 'pets', sort: 'popular', limit: 50 })
    const details = await Promise.all(items.map(({ id }) => shop.admin.product.getProduct({ productId: id })))
    const simple = details.find(({ options }) => options.length === 1) ?? details[0]
    await visitor.open('/')

    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main', 'the first link leads past the header')
    await visitor.open(`/products/${simple?.id}`)
    for (const { values } of simple?.options ?? []) {
      await tabTo(page, new RegExp(`^${values[0]?.name.en}`), 'input')
      await page.keyboard.press('Space')
    }
    await tabTo(page, /^Buy now$/, 'button')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/sign-in?to=*')
    await tabTo(page, /^Sign up$/, 'a')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/register?to=*')
    for (const [label, text] of [
      [/^Name/, 'Dora Kim'],
      [/^E-mail/, 'keyboard@example.com'],
      [/^Password/, 'correct horse battery'],
    ] as const) {
      await tabTo(page, label, 'input')
      await page.keyboard.type(text)
    }
    await page.keyboard.press('Enter')
    await page.waitForURL('**/checkout?cart=*')
    await page.getByLabel('Recipient').waitFor()
    for (const [label, text] of [
      [/^Phone/, '01012345678'],
      [/^Postal/, '03045'],
      [/^Road/, '161 Sajik-ro, Jongno-gu, Seoul'],
    ] as const) {
      await tabTo(page, label, 'input')
      await page.keyboard.type(text)
    }
    await tabTo(page, /^Pay ₩/, 'button')
    await page.keyboard.press('Enter')
    await page.getByLabel('Card number').waitFor()
    for (const [label, text] of [
      [/^Card number/, CARDS.good],
      [/^Valid until/, '12/40'],
      [/^CVC/, '123'],
    ] as const) {
      await tabTo(page, label, 'input')
      await page.keyboard.type(text)
    }
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { level: 1, name: 'Thank you for your order!' }).waitFor()
    visitor.assertQuiet()
    await visitor.close()
  })
})
