import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { build } from '../../../apps/web/build/build.ts'
import { serveLikeGitHubPages } from '../static-host.ts'
import { OTHER_PORT, theShop } from '../the-shop.ts'
import { newVisitor, type Visitor } from '../visitor.ts'

/** Uses the selectors that front ends of the RealWorld API agree on. */
describe('the community edition', () => {
  let folder: string
  let host: Server
  let visitor: Visitor
  let page: Page
  before(async () => {
    const { url } = await theShop()
    folder = await mkdtemp(join(tmpdir(), 'doran-edition-'))
    process.env.VITE_API_URL = url
    await build({ edition: 'community', folder })
    delete process.env.VITE_API_URL
    host = await serveLikeGitHubPages(folder, '/', OTHER_PORT)
    visitor = await newVisitor({ url: `http://127.0.0.1:${OTHER_PORT}` })
    // The host answers 404 for every address except the first, and sends the application.
    visitor.expectErrors(/404 \(Not Found\)/)
    page = visitor.page
  })
  after(async () => {
    visitor.assertQuiet()
    await visitor.close()
    host.close()
    await rm(folder, { recursive: true })
  })

  it('lets guests read, and asks them to sign in before they write', async () => {
    await visitor.open('/')
    await page.locator('nav.navbar a[href="/login"]').waitFor()
    assert.equal(await page.locator('.article-preview').count(), 10)
    assert.ok((await page.locator('.sidebar .tag-list .tag-pill, .tag-list .tag-pill').count()) > 0)

    await visitor.open('/editor')
    await page.waitForURL((url) => url.pathname === '/login')
  })

  it('registers members, keeps their token where RealWorld front ends keep it, and remembers them', async () => {
    await visitor.open('/register')
    await page.locator('input[name="username"]').fill('edition')
    await page.locator('input[name="email"]').fill('edition@example.com')
    await page.locator('input[name="password"]').fill('correct horse battery')
    await page.locator('button[type="submit"]').click()

    await page.waitForURL((url) => url.pathname === '/')
    await page.locator('nav a[href="/profile/edition"]').first().waitFor()
    assert.match(await page.evaluate(() => localStorage.getItem('jwtToken') ?? ''), /^eyJ/)
    await page.reload()
    await page.locator('nav a[href="/profile/edition"]').first().waitFor()
  })

  it('publishes, shows and deletes articles', async () => {
    await page.locator('a[href="/editor"]').first().click()
    await page.locator('input[name="title"]').fill('An article of the edition')
    await page.locator('input[name="description"]').fill('About nothing much')
    await page.locator('textarea[name="body"]').fill('# A heading\n\n[A link](https://example.com) and **more**.')
    await page.getByPlaceholder('Enter tags').fill('edition')
    await page.keyboard.press('Enter')
    await page.locator('button:has-text("Publish Article")').click()

    await page.waitForURL(/\/article\/an-article-of-the-edition/)
    assert.equal(await page.locator('.banner h1').textContent(), 'An article of the edition')
    await page.locator('.article-content a[href="https://example.com"]').waitFor()
    await page.locator('.tag-list .tag-default:has-text("edition")').first().waitFor()
    await page.locator('.comment-form textarea').fill('A comment')
    await page.locator('button:has-text("Post Comment")').click()
    await page.locator('.card .card-block:has-text("A comment")').waitFor()
    await page.locator('.card:has-text("A comment") i.ion-trash-a').click()
    await page.locator('.card .card-block:has-text("A comment")').waitFor({ state: 'detached' })
    await page.locator('button:has-text("Delete Article")').first().click()
    await page.waitForURL((url) => url.pathname === '/')
  })

  it('asks for the current password when a member changes it', async () => {
    visitor.expectErrors(/40[13] \(|422 \(/)
    await visitor.open('/settings')
    assert.equal(await page.locator('input[name="currentPassword"]').count(), 0)

    await page.locator('input[name="password"]').fill('another horse battery')
    await page.locator('input[name="currentPassword"]').fill('not the password')
    await page.locator('button[type="submit"]').click()
    await page.getByText('The present password is wrong.').waitFor()
    await page.locator('input[name="currentPassword"]').fill('correct horse battery')
    await page.locator('button[type="submit"]').click()

    await page.waitForURL((url) => url.pathname === '/profile/edition')
  })

  it('changes settings, shows the profile and signs out', async () => {
    await visitor.open('/settings')
    await page.locator('textarea[name="bio"]').fill('Writes little')
    await page.locator('button[type="submit"]').click()
    await page.waitForURL((url) => url.pathname === '/profile/edition')
    await page.locator('.user-info p:has-text("Writes little")').waitFor()
    assert.match((await page.locator('img.user-img').getAttribute('src')) ?? '', /default-avatar\.svg/)

    await visitor.open('/settings')
    await page.locator('button:has-text("Or click here to logout.")').click()
    await page.locator('nav a[href="/login"]').waitFor()
    assert.equal(await page.evaluate(() => localStorage.getItem('jwtToken')), null)
  })
})
