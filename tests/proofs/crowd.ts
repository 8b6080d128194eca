/**
 * People who buy, cancel and talk. They come at a fixed rate whatever becomes of those before them (an open loop), so a
 * system that stands still gets no rest.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { payByCard } from '@doran/payment/sandbox'
import type { Answer, Request, Sender } from './client.ts'
import type { Journal, Kind } from './journal.ts'
import type { Random } from './random.ts'

export interface Person {
  readonly name: string
  readonly email: string
  token: string
}

interface PaidOrder {
  readonly id: string
  readonly buyer: Person
  /** Not called off yet. */
  readonly parts: string[]
}

const CARDS = [
  ...Array<string>(14).fill('4242424242424242'),
  '4000000000000002', // declined
  '4000000000003220', // the bank asks to confirm
  '4000000000000044', // the answer to the authorisation is lost
  '4000000000000051', // the answer to the capture is lost
  '4000000000000069', // the answer to the refund is lost
]
const ADDRESS = { recipient: '김도란', phone: '010-1234-5678', postalCode: '03045', line1: '사직로 161', country: 'KR' }
/** Share of changes that are sent twice at once under one key, as by an impatient double click. */
const IMPATIENT = 0.1

export interface CrowdOptions {
  readonly sender: Sender
  readonly journal: Journal
  readonly random: Random
  readonly people: readonly Person[]
  /** SKUs by seller. */
  readonly shelves: readonly (readonly string[])[]
  readonly returnUrl: string
}

export class Crowd {
  readonly #options: CrowdOptions
  readonly #running = new Set<Promise<void>>()
  readonly #paid: PaidOrder[] = []
  readonly #articles: string[] = []
  #timer: NodeJS.Timeout | undefined
  #number = 0
  #mistakes: unknown[] = []

  constructor(options: CrowdOptions) {
    this.#options = options
  }

  /** Operations begun. */
  get begun(): number {
    return this.#number
  }

  /** Begins so many operations a second from now on. */
  start(rate: number): void {
    this.#timer = setInterval(() => {
      const work = this.#operation(++this.#number).catch((error) => void this.#mistakes.push(error))
      this.#running.add(work)
      void work.finally(() => this.#running.delete(work))
    }, 1_000 / rate)
  }

  /** Nobody comes any more; those who are here finish. Throws what no client should meet. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#running)
    if (this.#mistakes.length > 0) throw new AggregateError(this.#mistakes, 'the crowd itself is mistaken')
  }

  #operation(number: number): Promise<void> {
    const { random } = this.#options
    const draw = random.next()
    if (draw < 0.45) return this.#purchase(number)
    if (draw < 0.6) return this.#callOff(number)
    if (draw < 0.7) return this.#write(number)
    if (draw < 0.9) return this.#comment(number)
    return this.#favourite(number)
  }

  async #purchase(number: number): Promise<void> {
    const { random, shelves, journal, returnUrl } = this.#options
    const buyer = random.pick(this.#options.people)
    const skus = random
      .shuffle(shelves)
      .slice(0, random.between(1, 3))
      .map((shelf) => random.pick(shelf))
    const card = random.pick(CARDS)
    const [givesUp, walksAway] = [random.chance(0.08), random.chance(0.3)]
    const ask = (what: string, path: string, body?: object) =>
      this.#change({ what, method: 'POST', path, body, key: `${number}-${what}-${path.length}` }, buyer)

    const cart = await ask('createCart', '/api/carts')
    if (cart.outcome !== 'acknowledged') return
    let total = 0
    for (const sku of skus) {
      const key = `${number}-addLine-${sku}`
      const path = `/api/carts/${cart.body.id}/lines`
      const added = await this.#change(
        { what: 'addLine', method: 'POST', path, body: { sku, quantity: 1 }, key },
        buyer,
      )
      if (added.outcome !== 'acknowledged') return
      total = added.body.total
    }
    const note = `proof-${number}`
    journal.sent('order', note)
    const order = { cartId: cart.body.id, expectedTotal: total, address: ADDRESS, note }
    const placed = await this.#recorded(
      'order',
      note,
      'id',
      {
        what: 'placeOrder',
        method: 'POST',
        path: '/api/orders',
        body: order,
        key: `${number}-placeOrder`,
      },
      buyer,
    )
    if (placed.outcome !== 'acknowledged') return
    const { id, sellers } = placed.body
    if (givesUp)
      return void (await ask('cancelUnpaid', `/api/orders/${id}/cancellation`, { reason: 'changed my mind' }))
    const payment = await ask('startPayment', `/api/orders/${id}/payment`, { returnUrl })
    if (payment.outcome !== 'acknowledged') return
    // What goes wrong on the provider's page is between the buyer and the provider.
    const hasPaid = await payByCard(payment.body.paymentUrl, card).then(
      () => true,
      () => false,
    )
    if (!hasPaid || walksAway) return
    const confirmed = await ask('confirmPayment', `/api/orders/${id}/payment/confirmation`)
    if (confirmed.outcome !== 'acknowledged' || confirmed.body.status !== 'paid') return
    journal.paid.add(id)
    this.#paid.push({ id, buyer, parts: sellers.map((part: { id: string }) => part.id) })
  }

  async #callOff(number: number): Promise<void> {
    const { random, journal } = this.#options
    const order = this.#paid.splice(random.between(0, Math.max(0, this.#paid.length - 1)), 1)[0]
    if (!order) return
    const chosen = random.chance(0.5) ? order.parts.splice(0) : order.parts.splice(0, 1)
    const answer = await this.#change(
      {
        what: 'cancelOrder',
        method: 'POST',
        path: `/api/orders/${order.id}/cancellation`,
        body: { sellerOrderIds: chosen, reason: `proof-${number}` },
        key: `${number}-cancel`,
      },
      order.buyer,
    )
    if (answer.outcome === 'acknowledged') for (const part of chosen) journal.calledOff.add(part)
    if (order.parts.length > 0) this.#paid.push(order)
  }

  async #write(number: number): Promise<void> {
    const author = this.#options.random.pick(this.#options.people)
    const title = `Proof ${number}`
    this.#options.journal.sent('article', title)
    const body = { article: { title, description: 'of what was said', body: 'It was said.' } }
    const written = await this.#recorded(
      'article',
      title,
      'article.slug',
      {
        what: 'createArticle',
        method: 'POST',
        path: '/api/articles',
        body,
        key: `${number}-article`,
      },
      author,
    )
    if (written.outcome === 'acknowledged') this.#articles.push(written.body.article.slug)
  }

  async #comment(number: number): Promise<void> {
    const { random, journal, people } = this.#options
    if (this.#articles.length === 0) return this.#write(number)
    const text = `proof-${number}`
    journal.sent('comment', text)
    await this.#recorded(
      'comment',
      text,
      'comment.id',
      {
        what: 'addComment',
        method: 'POST',
        path: `/api/articles/${random.pick(this.#articles)}/comments`,
        body: { comment: { body: text } },
        key: `${number}-comment`,
      },
      random.pick(people),
    )
  }

  async #favourite(number: number): Promise<void> {
    const { random, people } = this.#options
    if (this.#articles.length === 0) return this.#write(number)
    const path = `/api/articles/${random.pick(this.#articles)}/favorite`
    const method = random.chance(0.7) ? 'POST' : 'DELETE'
    await this.#change({ what: 'favourite', method, path, key: `${number}-favourite` }, random.pick(people))
  }

  /** A change that writes this unique text; `told` is where its answer names what it has made. */
  async #recorded(kind: Kind, text: string, told: string, request: Request, person: Person): Promise<Answer> {
    return this.#change(request, person, (answer) => {
      const id = answer.outcome === 'acknowledged' ? read(answer.body, told) : undefined
      this.#options.journal.ended(kind, text, answer, id)
    })
  }

  /** Sends it until its end is known, sometimes twice at once; `note` is told of each end. */
  async #change(request: Request, person: Person, note: (answer: Answer) => void = () => {}): Promise<Answer> {
    const { random } = this.#options
    const send = async () => {
      const answer = await this.#as(person, request)
      note(answer)
      return answer
    }
    if (!random.chance(IMPATIENT)) return send()
    const [first, second] = await Promise.all([send(), pause(random.between(0, 20)).then(send)])
    return first.outcome === 'acknowledged' ? first : second
  }

  /** Whoever has been signed in for too long signs in again. */
  async #as(person: Person, request: Request): Promise<Answer> {
    const answer = await this.#options.sender.send({ ...request, token: person.token })
    if (answer.outcome !== 'failed' || answer.status !== 401) return answer
    const signedIn = await this.#options.sender.send({
      what: 'signIn',
      method: 'POST',
      path: '/api/auth/sign-in',
      body: { email: person.email, password: PASSWORD },
    })
    if (signedIn.outcome !== 'acknowledged') return answer
    person.token = signedIn.body.accessToken
    return this.#options.sender.send({ ...request, token: person.token })
  }
}

export const PASSWORD = 'correct horse battery'

function read(body: unknown, path: string): string {
  return String(path.split('.').reduce((value, name) => (value as Record<string, unknown>)[name], body))
}
