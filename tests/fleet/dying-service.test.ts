import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { serviceNames } from '../../apps/server/loaders.ts'
import { inTurn, isFine, type Load, type Outcome, runLoad, summary } from './load.ts'
import { childOf, openShop, type Shop } from './shop.ts'

/** Services whose requests fail while this service is down. */
const NEEDED_BY: Record<string, readonly string[]> = {
  user: ['profile', 'article'],
  profile: ['article'],
  article: ['comment'],
}

const percentile = (outcomes: readonly Outcome[], share: number) =>
  outcomes.map(({ took }) => took).sort((a, b) => a - b)[Math.floor(outcomes.length * share)] as number

describe('when a service stops under load', () => {
  let shop: Shop
  before(async () => {
    shop = await openShop({})
  })
  after(() => shop.market.close())

  for (const name of serviceNames.filter((name) => name !== 'gateway')) {
    it(`${name}: the gateway refuses its requests at once, the other services are unaffected, and it is back within five seconds`, async () => {
      const { market, requests } = shop
      const next = inTurn(
        Object.entries(requests)
          .filter(([what]) => !NEEDED_BY[name]?.includes(what))
          .map(([what, request]) => ({ what, ...request })),
      )
      const load = runLoad({ clients: 8, baseUrl: () => market.platform.url, work: (send) => send(next()) })
      const others = ({ what }: Outcome) => what !== name
      await answered(load, 100, others)

      const child = childOf(market, `${name}.1`)
      await child.kill()
      const died = Date.now()
      await pause(1_000)
      await answered(load, 20, ({ what, at }) => what === name && at > died + 50)
      await answered(load, 100, ({ what, at }) => what !== name && at > died + 50)
      await pause(50)
      const startedAgain = Date.now()
      await child.start()
      const ready = Date.now()
      await answered(load, 1, ({ what, answer, at }) => what === name && at > ready && isFine(answer))
      const recovered = Date.now()
      await load.stop()

      const meanwhile = load.outcomes.filter(({ at }) => at > died + 50 && at < startedAgain - 50)
      const refused = meanwhile.filter(({ what }) => what === name)
      assert.ok(refused.length > 10)
      assert.deepEqual([...new Set(refused.map(({ answer }) => answer))], [503], JSON.stringify(summary(refused)))
      const unaffected = meanwhile.filter(others)
      assert.ok(unaffected.length > 50)
      // A busy machine answers nothing faster. A refusal may not take longer than a response.
      const atOnce = Math.max(100, percentile(unaffected, 0.99))
      assert.ok(percentile(refused, 0.99) <= atOnce, `refused after ${percentile(refused, 0.99)} ms, not ${atOnce}`)
      assert.deepEqual(
        unaffected.filter(({ answer }) => !isFine(answer)),
        [],
      )
      const earlier = load.outcomes.filter(({ at, what }) => at < died - 50 && what !== name)
      assert.ok(
        percentile(unaffected, 0.5) < 3 * percentile(earlier, 0.5) + 10,
        `p50 ${percentile(unaffected, 0.5)} ms, before ${percentile(earlier, 0.5)} ms`,
      )
      assert.ok(recovered - ready < 5_000, `recovered ${recovered - ready} ms after it was ready`)
    })
  }
})

/** Waits until this many requests of this kind have been answered. */
async function answered(load: Load, count: number, kind: (outcome: Outcome) => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; await pause(10)) {
    if (load.outcomes.filter(kind).length >= count) return
  }
  throw new Error(`${count} requests have not been answered: ${JSON.stringify(summary(load.outcomes))}`)
}
