import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { productLinks } from '../shopping.ts'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

async function more(page: Page, atLeast: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      scrollTo(0, document.documentElement.scrollHeight)
      return document.querySelectorAll('main a[href*="/products/"]').length >= wanted
    },
    atLeast,
    { polling: 200 },
  )
}

describe('a long list', () => {
  it('has its length and scroll position again after going back and after a reload', async () => {
    const visitor = await newVisitor({ url: (await theShop()).url, width: 360, height: 800 })
    const { page } = visitor
    await visitor.open('/search')
    await more(page, 60)
    const far = productLinks(page).nth(44)
    await far.scrollIntoViewIfNeeded()
    const before = await page.evaluate(() => scrollY)
    const name = (await far.textContent()) as string

    await far.click()
    await page.waitForURL('**/products/**')
    await page.goBack()
    await page.waitForURL('**/search**')
    await page.waitForFunction((expected) => Math.abs(scrollY - expected) < 200, before)
    assert.equal(await productLinks(page).nth(44).textContent(), name)

    await page.reload()
    await page.waitForFunction((expected) => Math.abs(scrollY - expected) < 200, before)
    assert.equal(await productLinks(page).nth(44).textContent(), name)
    visitor.assertQuiet()
    await visitor.close()
  })

  it('is sorted and filtered by its address', async () => {
    const visitor = await newVisitor({ url: (await theShop()).url })
    const { page } = visitor
    await visitor.open('/categories/kitchen')
    await page.getByLabel('Sort by').selectOption({ label: 'Price: low to high' })
    await page.waitForURL('**/categories/kitchen?*sort=price-asc*')

    await visitor.open(page.url().replace((await theShop()).url, ''))
    const prices = (
      await page
        .locator('main')
        .getByText(/^₩[\d,]+/)
        .allTextContents()
    ).map((text) => Number(text.replace(/\D/g, '')))
    assert.equal(await page.getByLabel('Sort by').inputValue(), 'price-asc')
    assert.ok(prices.length > 3)
    visitor.assertQuiet()
    await visitor.close()
  })
})
