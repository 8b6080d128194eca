import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signedIn } from '../signed-in.ts'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

describe('the community in the browser', () => {
  it('publishes an article with its preview, tags and comments, and lets its author change and delete it', async () => {
    const shop = await theShop()
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await signedIn(visitor, await shop.newMember())

    await visitor.open('/community/editor')
    await page.locator('input[name=title]').fill('Radish kimchi in a hurry')
    await page.locator('input[name=description]').fill('Ready the next day')
    await page.locator('textarea[name=body]').fill('## What you need\n\n- radish\n- patience <script>alert(1)</script>')
    await page.getByPlaceholder('Enter tags').fill('kimchi')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Publish Article' }).click()
    await page.waitForURL('**/community/article/radish-kimchi-in-a-hurry*')

    await page.getByRole('heading', { level: 1, name: 'Radish kimchi in a hurry' }).waitFor()
    await page.getByRole('heading', { level: 2, name: 'What you need' }).waitFor()
    assert.equal(await page.locator('.article-content script').count(), 0)
    await page.getByPlaceholder('Write a comment...').fill('Works with turnips, too.')
    await page.getByRole('button', { name: 'Post Comment' }).click()
    await page.locator('.card-block', { hasText: 'Works with turnips, too.' }).waitFor()

    await page.getByRole('link', { name: 'Edit Article' }).first().click()
    await page.locator('input[name=title]').fill('Radish kimchi overnight')
    await page.getByRole('button', { name: 'Publish Article' }).click()
    await page.getByRole('heading', { level: 1, name: 'Radish kimchi overnight' }).waitFor()
    await page.getByRole('button', { name: 'Delete Article' }).first().click()
    await page.waitForURL(/\/community\/?(\?.*)?$/)
    visitor.assertQuiet()
    await visitor.close()
  })

  it('lets readers favourite an article and follow its author, and remembers both', async () => {
    const shop = await theShop()
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await signedIn(visitor, await shop.newMember())
    await visitor.open('/community')
    await page.locator('.article-preview h1, .article-preview h2').first().click()
    await page.waitForURL('**/community/article/**')

    await page
      .getByRole('button', { name: /^Favorite Article/ })
      .first()
      .click()
    await page
      .getByRole('button', { name: /^Follow / })
      .first()
      .click()
    await page
      .getByRole('button', { name: /^Unfavorite Article/ })
      .first()
      .waitFor()
    await page
      .getByRole('button', { name: /^Unfollow / })
      .first()
      .waitFor()
    await page.waitForLoadState('networkidle')
    await page.reload()

    await page
      .getByRole('button', { name: /^Unfavorite Article/ })
      .first()
      .waitFor()
    await visitor.open('/community?feed=following')
    assert.ok((await page.locator('.article-preview').count()) > 0)
    visitor.assertQuiet()
    await visitor.close()
  })

  it('sends guests to the sign-in page and back', async () => {
    const shop = await theShop()
    const member = await shop.newMember()
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await visitor.open('/community/editor')

    await page.waitForURL('**/sign-in?to=*')
    await page.getByLabel('E-mail address').fill(member.email)
    await page.getByLabel('Password', { exact: true }).fill(member.password)
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()

    await page.waitForURL('**/community/editor')
    visitor.assertQuiet()
    await visitor.close()
  })
})
