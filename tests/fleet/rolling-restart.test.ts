import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { inventory } from '@doran/inventory/contract'
import { sql } from '@doran/kernel'
import { services } from '../../apps/server/services.ts'
import { inTurn, isFine, type Load, runLoad, summary } from './load.ts'
import { balanceLoad } from './load-balancer.ts'
import { childOf, HELD, ON_HAND, openShop, purchase, type Shop, SKU } from './shop.ts'

const names = services.map(({ contract }) => contract.name)
/** Number of services that are restarted at the same time, one process of each. */
const CONCURRENT_RESTARTS = 5

describe('when every service is restarted in turn under load', { timeout: 600_000 }, () => {
  let shop: Shop
  before(async () => {
    shop = await openShop(Object.fromEntries(names.map((name) => [name, 2])))
  })
  after(() => shop.market.close())

  it('three times, no request fails, and every acknowledged purchase exists once', async (t) => {
    const { market, requests } = shop
    const buyers = [await market.signUp(), await market.signUp()]
    const gateways = balanceLoad(market.platform)
    t.after(gateways.stop)
    const next = inTurn(Object.entries(requests).map(([what, request]) => ({ what, ...request })))
    const paid: string[] = []
    const loads: Load[] = [
      runLoad({ clients: 4, rest: 20, baseUrl: gateways.next, work: (send) => send(next()) }),
      ...buyers.map(({ token }) =>
        runLoad({
          clients: 1,
          rest: 20,
          baseUrl: gateways.next,
          work: async (send) => paid.push(await purchase(send, token)),
        }),
      ),
    ]
    const stop = () => Promise.all(loads.map((load) => load.stop()))
    t.after(stop)

    for (const _round of [1, 2, 3]) {
      const before = paid.length
      for (const number of [1, 2]) {
        for (let first = 0; first < names.length; first += CONCURRENT_RESTARTS) {
          const restarted = names
            .slice(first, first + CONCURRENT_RESTARTS)
            .map((name) => childOf(market, `${name}.${number}`))
          await Promise.all(restarted.map((child) => child.stop().then(() => child.start())))
        }
      }
      assert.ok(paid.length > before, 'purchases go on')
    }
    await stop()
    await market.platform.settled()

    const outcomes = loads.flatMap((load) => load.outcomes)
    assert.ok(outcomes.length > 1_000)
    assert.deepEqual(
      outcomes.filter(({ answer }) => !isFine(answer)),
      [],
      JSON.stringify(summary(outcomes)),
    )
    const found = await market.platform
      .database('order')
      .all<{ id: string }>(sql`select id from "order".orders where status = 'paid' order by id`)
    assert.deepEqual(
      found.map(({ id }) => id),
      paid.toSorted(),
    )
    const [stock] = await market.platform.client(inventory).listAvailability({ skus: [SKU] })
    assert.equal(stock?.available, ON_HAND - HELD - paid.length)
  })
})
