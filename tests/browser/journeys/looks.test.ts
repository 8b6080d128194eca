import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

const backgroundOf = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)

async function chooseInMenu(page: Page, menu: string, item: string): Promise<void> {
  await page.getByRole('button', { name: menu }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

describe('language and theme', () => {
  it('follow the device until the visitor chooses, and then stay as chosen', async () => {
    const visitor = await newVisitor({ url: (await theShop()).url, language: 'ko', theme: 'dark' })
    const { page } = visitor
    await visitor.open('/')
    assert.equal(await page.getAttribute('html', 'lang'), 'ko')
    await page.getByRole('heading', { name: '많이 찾는 상품' }).waitFor()
    const dark = await backgroundOf(page)

    await chooseInMenu(page, '내 메뉴', 'English')
    await page.getByRole('heading', { name: 'Loved by many' }).waitFor()
    await chooseInMenu(page, 'My menu', 'Light')
    const light = await backgroundOf(page)
    await page.reload()

    await page.getByRole('heading', { name: 'Loved by many' }).waitFor()
    assert.equal(await page.getAttribute('html', 'lang'), 'en')
    assert.notEqual(light, dark)
    assert.equal(await backgroundOf(page), light)
    visitor.assertQuiet()
    await visitor.close()
  })

  it('change in all open pages', async () => {
    const visitor = await newVisitor({ url: (await theShop()).url, language: 'ko', theme: 'dark' })
    await visitor.open('/')
    const other = await visitor.context.newPage()
    await other.goto('/')
    await other.getByRole('heading', { name: '많이 찾는 상품' }).waitFor()

    await chooseInMenu(visitor.page, '내 메뉴', 'English')
    await chooseInMenu(visitor.page, 'My menu', 'Light')

    await other.getByRole('heading', { name: 'Loved by many' }).waitFor()
    await other.waitForFunction(() => document.documentElement.dataset.theme === 'light')
    assert.equal(await other.getAttribute('html', 'lang'), 'en')
    visitor.assertQuiet()
    await visitor.close()
  })

  it('are chosen in a menu that stays in place while the page scrolls', async () => {
    const visitor = await newVisitor({ url: (await theShop()).url })
    await visitor.open('/')
    await visitor.page.getByRole('button', { name: 'My menu' }).click()
    const item = visitor.page.getByRole('menuitem', { name: 'Light' })
    await item.hover()

    const [before, after] = await item.evaluate((element) => {
      const top = () => element.getBoundingClientRect().top
      const before = top()
      scrollTo({ top: 200, behavior: 'instant' })
      return [before, top()]
    })

    assert.equal(await visitor.page.evaluate(() => scrollY), 200)
    assert.equal(after, before)
    visitor.assertQuiet()
    await visitor.close()
  })
})
