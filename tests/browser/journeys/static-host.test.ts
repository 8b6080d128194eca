import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { build } from '../../../apps/web/build/build.ts'
import { serveLikeGitHubPages } from '../static-host.ts'
import { OTHER_PORT, theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

describe('pages on a static host, under a path, with the API elsewhere', () => {
  let folder: string
  let host: Server
  before(async () => {
    const { url } = await theShop()
    folder = await mkdtemp(join(tmpdir(), 'doran-static-'))
    Object.assign(process.env, { VITE_API_URL: url, BASE_PATH: '/shop/' })
    await build({ edition: 'marketplace', folder })
    delete process.env.VITE_API_URL
    delete process.env.BASE_PATH
    host = await serveLikeGitHubPages(folder, '/shop/', OTHER_PORT)
  })
  after(async () => {
    host.close()
    await rm(folder, { recursive: true })
  })

  it('show the shop with its pictures', async () => {
    const visitor = await newVisitor({ url: `http://127.0.0.1:${OTHER_PORT}` })
    await visitor.open('/shop/')

    const picture = visitor.page.locator('main a[href*="/shop/products/"] img').first()
    await picture.scrollIntoViewIfNeeded()
    await picture.evaluate((image: HTMLImageElement) => image.decode())
    await visitor.page.locator('main a[href*="/shop/products/"]').first().click()
    await visitor.page.waitForURL('**/shop/products/*')

    visitor.assertQuiet()
    await visitor.close()
  })

  it('include the licences of their dependencies', async () => {
    const notices = await readFile(join(folder, 'third-party-notices.md'), 'utf8')

    for (const name of ['react-dom', 'dompurify', '@base-ui/react'])
      assert.match(notices, new RegExp(`^## ${name} `, 'm'))
  })

  it('show any screen by its address, which the host does not know', async () => {
    const visitor = await newVisitor({ url: `http://127.0.0.1:${OTHER_PORT}` })
    // The host answers 404 and sends the application.
    visitor.expectErrors(/404 \(Not Found\)/)
    await visitor.open('/shop/categories/food')

    assert.equal(await visitor.page.locator('h1').textContent(), 'Food')
    visitor.assertQuiet()
    await visitor.close()
  })
})
