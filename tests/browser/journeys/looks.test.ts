import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

const backgroundOf = (page: Awaited<ReturnType<typeof newVisitor>>['page']) =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)

describe('language and theme', () => {
  it('follow the device until they are chosen, and stay chosen', async () => {
    const visitor = await newVisitor({ url: (await theShop()).url, language: 'ko', theme: 'dark' })
    const { page } = visitor
    await visitor.open('/')
    assert.equal(await page.getAttribute('html', 'lang'), 'ko')
    await page.getByRole('heading', { name: '많이 찾는 상품' }).waitFor()
    const dark = await backgroundOf(page)

    await page.getByRole('button', { name: '내 메뉴' }).click()
    await page.getByRole('menuitem', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Loved by many' }).waitFor()
    await page.getByRole('button', { name: 'My menu' }).click()
    await page.getByRole('menuitem', { name: 'Light' }).click()
    const light = await backgroundOf(page)
    await page.reload()

    await page.getByRole('heading', { name: 'Loved by many' }).waitFor()
    assert.equal(await page.getAttribute('html', 'lang'), 'en')
    assert.notEqual(light, dark)
    assert.equal(await backgroundOf(page), light)
    visitor.assertQuiet()
    await visitor.close()
  })
})
