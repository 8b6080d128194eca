/**
 * The visitors of a marketplace where people also talk, in a thousand requests: 800 read, 200 write. The writes are
 * steps of whole journeys. A shopper opens a cart, puts three things into it and orders. One order in five is paid for,
 * with two uncounted requests to the provider's payment page and all the background work that follows. A random shopper
 * takes the next step, and random orders are paid, because shoppers in turn would all pay in the same few seconds of
 * each minute.
 */
import { newId } from '@doran/kernel'
import { payByCard } from '@doran/payment-sandbox'
import { random } from '../apps/server/seed/generate.ts'
import { ADDRESS, type Buyer } from './checkout.ts'
import type { Due } from './open-loop.ts'
import { Visitors } from './visitors.ts'

/** Of a thousand requests. */
export const MIX = {
  'product list': 200,
  'product page': 300,
  search: 50,
  availability: 100,
  'article list': 60,
  article: 90,
  shopping: 135,
  favourite: 40,
  comment: 25,
}
const PAID = 0.2

export interface World {
  url: string
  products: string[]
  skus: string[]
  slugs: string[]
  categories: string[]
  words: string[]
  members: Buyer[]
}

interface Question {
  method?: 'GET' | 'POST' | 'DELETE'
  token?: string
  body?: object
  headers?: Record<string, string>
}

/** Returns an endless sequence of requests, the same each time. */
export function journey(world: World): { next: () => Due; close(): void } {
  const visitors = new Visitors(world.url)
  const chance = random(1)
  const any = <T>(list: readonly T[]) => list[Math.floor(chance() * list.length)] as T
  const ask = asker(visitors)
  const habits = { sku: () => any(world.skus), pays: () => chance() < PAID }
  const shop = shopOf(
    world.members.map((member) => new Shopper(world.url, member, ask, habits)),
    chance,
  )
  const sorts = ['newest', 'price-asc', 'popular']
  const kinds: Record<keyof typeof MIX, () => Promise<unknown>> = {
    'product list': () => ask(`/api/products?limit=20&category=${any(world.categories)}&sort=${any(sorts)}`),
    'product page': () => ask(`/api/products/${any(world.products)}`),
    search: () => ask(`/api/products?limit=20&q=${encodeURIComponent(any(world.words))}`),
    availability: () => ask(`/api/inventory?${[1, 2, 3].map(() => `sku=${any(world.skus)}`).join('&')}`),
    'article list': () => ask(`/api/articles?offset=${20 * Math.floor(chance() * 10)}`),
    article: () => ask(`/api/articles/${any(world.slugs)}`),
    shopping: shop,
    favourite: () => {
      const { token } = any(world.members)
      const method = chance() < 0.5 ? 'POST' : 'DELETE'
      return ask(`/api/articles/${any(world.slugs)}/favorite`, { method, token })
    },
    comment: () => {
      const { token } = any(world.members)
      const body = { comment: { body: 'Works with radish, too.' } }
      return ask(`/api/articles/${any(world.slugs)}/comments`, { method: 'POST', token, body })
    },
  }
  const order = shuffled(chance)
  let place = 0
  return {
    next() {
      const kind = order[place++ % order.length] as keyof typeof MIX
      return { kind, send: kinds[kind] }
    },
    close: () => visitors.close(),
  }
}

/** Returns a thousand request kinds in the proportions of the mix, shuffled. */
function shuffled(chance: () => number): (keyof typeof MIX)[] {
  const all = Object.entries(MIX).flatMap(([kind, share]) =>
    Array<keyof typeof MIX>(share).fill(kind as keyof typeof MIX),
  )
  return all
    .map((kind) => ({ kind, at: chance() }))
    .sort((a, b) => a.at - b.at)
    .map(({ kind }) => kind)
}

/** Lets a random idle shopper take a step. If no shopper is idle, it waits, and the waiting time counts. */
function shopOf(idle: Shopper[], chance: () => number): () => Promise<void> {
  const wanted: ((shopper: Shopper) => void)[] = []
  const release = (shopper: Shopper) => {
    const first = wanted.shift()
    if (first) first(shopper)
    else idle.push(shopper)
  }
  return async () => {
    const [drawn] = idle.splice(Math.floor(chance() * idle.length), 1)
    const shopper = drawn ?? (await new Promise<Shopper>((resolve) => wanted.push(resolve)))
    // If the payment fails, the confirmation after it reports that.
    const done = () =>
      void shopper.meanwhile().then(
        () => release(shopper),
        () => release(shopper),
      )
    await shopper.goOn().finally(done)
  }
}

type Ask = ReturnType<typeof asker>

function asker(visitors: Visitors) {
  return async (path: string, { method = 'GET', token, body, headers = {} }: Question = {}): Promise<unknown> => {
    const given = {
      ...headers,
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    }
    const answer = await visitors.ask(method, path, given, body && JSON.stringify(body))
    const { status } = answer
    if (status >= 300) {
      const what = `${method} ${path} is answered ${status}: ${answer.body.subarray(0, 300)}`
      throw Object.assign(new Error(what), { code: `status ${status}` })
    }
    // The body of a read is received and dropped.
    return method === 'GET' || answer.body.length === 0 ? undefined : JSON.parse(String(answer.body))
  }
}

interface Cart {
  id: string
  total: number
  lines: unknown[]
}

interface Habits {
  sku(): string
  pays(): boolean
}

/** Takes one step of a purchase at a time. */
class Shopper {
  readonly #url: string
  readonly #token: string
  readonly #ask: Ask
  readonly #habits: Habits
  #cart: Cart | undefined
  #added = 0
  #unpaid: { orderId: string; paymentUrl?: string } | undefined

  constructor(url: string, { token }: Buyer, ask: Ask, habits: Habits) {
    this.#url = url
    this.#token = token
    this.#ask = ask
    this.#habits = habits
  }

  async goOn(): Promise<void> {
    if (this.#unpaid?.paymentUrl) return this.#confirm(this.#unpaid.orderId)
    if (this.#unpaid) return this.#openPayment(this.#unpaid.orderId)
    if (!this.#cart) {
      this.#cart = (await this.#post('/api/carts')) as Cart
      this.#added = 0
    } else if (this.#added < 3) {
      this.#cart = (await this.#post(`/api/carts/${this.#cart.id}/lines`, {
        sku: this.#habits.sku(),
        quantity: 1,
      })) as Cart
      this.#added++
    } else {
      await this.#order(this.#cart)
    }
  }

  /** What the shopper does elsewhere before the next step: pays by card at the provider. */
  async meanwhile(): Promise<void> {
    if (this.#unpaid?.paymentUrl) await payByCard(this.#unpaid.paymentUrl, '4242424242424242')
  }

  async #order({ id, total }: Cart): Promise<void> {
    const body = { cartId: id, expectedTotal: total, address: ADDRESS }
    const { id: orderId } = (await this.#post('/api/orders', body, { 'idempotency-key': newId() })) as { id: string }
    this.#cart = undefined
    if (this.#habits.pays()) this.#unpaid = { orderId }
  }

  async #openPayment(orderId: string): Promise<void> {
    const body = { returnUrl: `${this.#url}/docs` }
    const { paymentUrl } = (await this.#post(`/api/orders/${orderId}/payment`, body)) as { paymentUrl: string }
    this.#unpaid = { orderId, paymentUrl }
  }

  async #confirm(orderId: string): Promise<void> {
    this.#unpaid = undefined
    const path = `/api/orders/${orderId}/payment/confirmation`
    let status = 'processing'
    while (status === 'processing') ({ status } = (await this.#post(path)) as { status: string })
    if (status !== 'paid') throw new Error(`an order is ${status} where it should be paid`)
  }

  #post(path: string, body?: object, headers: Record<string, string> = {}): Promise<unknown> {
    return this.#ask(path, { method: 'POST', token: this.#token, headers, ...(body && { body }) })
  }
}
