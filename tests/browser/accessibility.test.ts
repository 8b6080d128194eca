import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { seriousViolations } from './accessible.ts'
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

  it('is accessible, fits into 360 pixels, has one title, and writes nothing to the console', async () => {
    const faults: string[] = []
    for (const pair of visitors) {
      pair.guest.expectErrors(/404 \(Not Found\)/)
      for (const { name, path, as, first } of tour.screens) {
        const { page, open } = pair[as]
        await open(path)
        await first?.(page)

        const titles = await page.locator('h1').count()
        if (titles !== 1) faults.push(`${name} has ${titles} titles`)
        const wider = await page.evaluate(() => document.body.scrollWidth - document.documentElement.clientWidth)
        if (wider > 0) faults.push(`${name} is ${wider} pixels wider than the window`)
        for (const violation of await seriousViolations(page)) faults.push(`${name}: ${violation}`)
      }
    }
    assert.deepEqual(faults, [])
    for (const { guest, member } of visitors) {
      guest.assertQuiet()
      member.assertQuiet()
    }
  })

  it('would fail with an image that has no alternative text', async () => {
    const [{ guest }] = visitors as [(typeof visitors)[number]]
    const { page, open } = guest
    await open('/')
    await page.evaluate(() => document.querySelector('main')?.append(new Image(10, 10)))

    assert.match((await seriousViolations(page)).join(), /image-alt/)
  })
})
