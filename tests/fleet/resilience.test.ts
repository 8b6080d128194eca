import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { article } from '@doran/article/contract'
import { order } from '@doran/order/contract'
import { product } from '@doran/product/contract'
import type { Child } from '../../apps/server/children.ts'
import { services } from '../../apps/server/services.ts'
import { address, type Marketplace, openMarketplace, RETURN_URL } from '../journeys/marketplace.ts'
import type { Processes } from '../journeys/processes.ts'
import { type Load, type Outcome, runLoad, summary } from './load.ts'

const SKU = 'FLEET-1'

/** A marketplace in processes with something to buy, and requests that go to every service. */
async function open(instances: Record<string, number>) {
  const market = (await openMarketplace({}, { separate: true, instances })) as Marketplace & { platform: Processes }
  await market.stock({ [SKU]: { price: 1_000, onHand: 1_000_000 } })
  const buyer = await market.signUp()
  const orders = market.platform.api(order, buyer)
  const { id: cartId } = await orders.createCart()
  const { total } = await orders.addLine({ cartId, sku: SKU, quantity: 1 })
  const { id: orderId } = await orders.placeOrder({ cartId, expectedTotal: total, address, note: '' })
  const { paymentId } = await orders.startPayment({ orderId, returnUrl: RETURN_URL })
  const { items } = await market.platform.api(product).listProducts({ q: SKU })
  const written = await market.platform
    .api(article, buyer)
    .createArticle({ title: 'Under load', description: 'A text', body: 'Text' })
  const { slug, author } = written.article
  const requests = {
    product: { path: `/api/products/${items[0]?.id}` },
    inventory: { path: `/api/inventory/${SKU}` },
    user: { path: '/api/users/me', token: buyer.token },
    auth: { path: '/api/auth/sessions', token: buyer.token },
    order: { method: 'POST', path: '/api/carts', token: buyer.token },
    payment: { path: `/api/payments/${paymentId}`, token: buyer.token },
    profile: { path: `/api/profiles/${author.username}` },
    article: { path: `/api/articles/${slug}` },
    comment: { path: `/api/articles/${slug}/comments` },
  }
  return { market, requests }
}

/** What cannot be answered without a service, beside its own request. */
const NEEDED_BY: Record<string, readonly string[]> = {
  user: ['profile', 'article'],
  profile: ['article'],
  article: ['comment'],
}

function inTurn<T>(values: T[]): () => T {
  let turn = 0
  return () => values[turn++ % values.length] as T
}

const childOf = ({ platform }: { platform: Processes }, name: string) => platform.children.get(name) as Child
const percentile = (outcomes: Outcome[], share: number) =>
  outcomes.map(({ took }) => took).sort((a, b) => a - b)[Math.floor(outcomes.length * share)] as number

describe('when a service stops under load', () => {
  let market: Marketplace & { platform: Processes }
  let requests: Awaited<ReturnType<typeof open>>['requests']
  before(async () => {
    ;({ market, requests } = await open({}))
  })
  after(() => market.close())

  for (const name of [
    'auth',
    'user',
    'product',
    'inventory',
    'order',
    'payment',
    'profile',
    'article',
    'comment',
  ] as const) {
    it(`${name}: the gateway says so at once, the others stay as they were, and it is back within five seconds`, async () => {
      const others = Object.entries(requests).filter(([what]) => what !== name && !NEEDED_BY[name]?.includes(what))
      const load = runLoad(
        8,
        () => market.platform.url,
        inTurn([...others, [name, requests[name]] as const].map(([what, request]) => ({ what, ...request }))),
      )
      await pause(1_000)

      const child = childOf(market, `${name}.1`)
      process.kill(child.pid as number, 'SIGKILL')
      const died = Date.now()
      await pause(2_000)
      const startedAgain = Date.now()
      await child.start()
      const ready = Date.now()
      await until(load, ({ what, answer, at }) => what === name && at > ready && isFine(answer))
      const recovered = Date.now()
      await pause(500)
      await load.stop()

      const meanwhile = load.outcomes.filter(({ at }) => at > died + 50 && at < startedAgain - 50)
      const refused = meanwhile.filter(({ what }) => what === name)
      assert.ok(refused.length > 10)
      assert.deepEqual([...new Set(refused.map(({ answer }) => answer))], [503], JSON.stringify(summary(refused)))
      assert.ok(percentile(refused, 0.99) < 100, `refused after ${percentile(refused, 0.99)} ms`)
      const unaffected = meanwhile.filter(({ what }) => what !== name)
      assert.ok(unaffected.length > 50)
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

describe('when every service is restarted in turn under load', () => {
  it('no request fails', { timeout: 240_000 }, async () => {
    const names = services.map(({ contract }) => contract.name)
    const { market, requests } = await open(Object.fromEntries(names.map((name) => [name, 2])))
    try {
      const doors = watchDoors(market)
      const load = runLoad(
        8,
        () => doorInTurn(doors.ready()),
        inTurn(Object.entries(requests).map(([what, request]) => ({ what, ...request }))),
      )
      await pause(1_000)
      for (const name of names) {
        for (const number of [1, 2]) {
          const child = childOf(market, `${name}.${number}`)
          await child.stop()
          await child.start()
          await pause(500)
        }
      }
      await load.stop()
      await doors.stop()

      assert.ok(load.outcomes.length > 1_000)
      assert.deepEqual(
        load.outcomes.filter(({ answer }) => !isFine(answer)),
        [],
        JSON.stringify(summary([...load.outcomes])),
      )
    } finally {
      await market.close()
    }
  })
})

/**
 * What a load balancer does: sends requests to the gateways whose readiness check succeeds, and to all of them when it
 * seems that none is ready.
 */
function watchDoors({ platform }: { platform: Processes }) {
  let ready: readonly string[] = platform.doors
  let watching = true
  const isReady = (url: string) =>
    fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(500) }).then(
      ({ ok }) => ok,
      () => false,
    )
  const watch = async () => {
    while (watching) {
      const answers = await Promise.all(platform.doors.map(isReady))
      const open = platform.doors.filter((_, index) => answers[index])
      ready = open.length > 0 ? open : platform.doors
      await pause(50)
    }
  }
  const stopped = watch()
  return {
    ready: () => ready,
    async stop() {
      watching = false
      await stopped
    },
  }
}

let turn = 0
function doorInTurn(doors: readonly string[]): string {
  return doors[turn++ % doors.length] as string
}

function isFine(answer: number | string): boolean {
  return typeof answer === 'number' && answer < 400
}

async function until(load: Load, condition: (outcome: Outcome) => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    if (load.outcomes.some(condition)) return
    await pause(10)
  }
  throw new Error('it did not come back')
}
