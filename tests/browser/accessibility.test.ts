import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { assertAccessible } from './accessible.ts'
import { prepareTour, type Tour } from './screens.ts'
import { signedIn } from './signed-in.ts'
import { theShop } from './the-shop.ts'
import { newVisitor, type Visitor } from './visitor.ts'

describe('every screen', () => {
  let tour: Tour
  let visitors: Record<'guest' | 'member', Visitor>[]
  before(async () => {
    const shop = await theShop()
    tour = await prepareTour(shop)
    const looks = [
      { language: 'ko', theme: 'light', width: 360, height: 800 },
      { language: 'en', theme: 'dark', width: 1280, height: 900 },
    ] as const
    visitors = []
    for (const look of looks) {
      const [guest, member] = [
        await newVisitor({ url: shop.url, ...look }),
        await newVisitor({ url: shop.url, ...look }),
      ]
      await signedIn(member, tour.member)
      visitors.push({ guest, member })
    }
  })
  after(async () => {
    for (const visitor of visitors.flatMap(({ guest, member }) => [guest, member])) await visitor.close()
  })

  it('can be used by everybody, fits into 360 pixels, has one title, and says nothing in the console', async () => {
    for (const pair of visitors) {
      pair.guest.expectErrors(/404 \(Not Found\)/)
      for (const { name, path, as, first } of tour.screens) {
        const { page, open, assertQuiet } = pair[as]
        await open(path)
        await first?.(page)

        await assertAccessible(page, name)
        assert.equal(await page.locator('h1').count(), 1, `${name} has one h1`)
        const wider = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        assert.equal(wider, 0, `${name} is ${wider} pixels wider than the window`)
        assertQuiet()
      }
    }
  })
})
