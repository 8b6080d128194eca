/**
 * People who buy, cancel and talk. They start operations at a fixed rate, whatever happens to earlier ones (an open
 * loop), so a system that stalls gets no rest.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { payByCard } from '@doran/payment-sandbox'
import type { Answer, Request, Sender } from './client.ts'
import type { Journal, Kind } from './journal.ts'
import type { Random } from './random.ts'

export interface Person {
  readonly name: string
  readonly email: string
  token: string
}

interface Order {
  /** Unique among the crowd's operations. */
  readonly label: string
  readonly id: string
  readonly buyer: Person
  /** Seller orders that are not cancelled yet. */
  readonly parts: string[]
}

const GOOD_CARD = '4242424242424242'
const CARDS = [
  ...Array<string>(14).fill(GOOD_CARD),
  '4000000000000002', // declined
  '4000000000003220', // the bank asks to confirm
  '4000000000000044', // the answer to the authorisation is lost
  '4000000000000051', // the answer to the capture is lost
  '4000000000000069', // the answer to the refund is lost
]
const ADDRESS = { recipient: '김도란', phone: '010-1234-5678', postalCode: '03045', line1: '사직로 161', country: 'KR' }
/** Share of changes that are sent twice at once with one key, as an impatient double click does. */
const DOUBLE_SEND_SHARE = 0.1

export interface CrowdOptions {
  readonly sender: Sender
  readonly journal: Journal
  readonly random: Random
  readonly people: readonly Person[]
  /** SKUs by seller. */
  readonly shelves: readonly (readonly string[])[]
  /** SKUs with one unit in stock. */
  readonly singlePieces: readonly string[]
  readonly returnUrl: string
}

export class Crowd {
  readonly #options: CrowdOptions
  readonly #running = new Set<Promise<void>>()
  readonly #paid: Order[] = []
  readonly #articles: string[] = []
  /** SKUs that nobody is buying. A SKU whose buyer's outcome is unknown does not come back. */
  readonly #singlePieces: string[]
  #timer: NodeJS.Timeout | undefined
  #number = 0
  #mistakes: unknown[] = []

  constructor(options: CrowdOptions) {
    this.#options = options
    this.#singlePieces = [...options.singlePieces]
  }

  /** Number of operations started so far. */
  get begun(): number {
    return this.#number
  }

  /** Starts this many operations a second from now on. */
  start(rate: number): void {
    this.#timer = setInterval(() => {
      const work = this.#operation(++this.#number).catch((error) => void this.#mistakes.push(error))
      this.#running.add(work)
      void work.finally(() => this.#running.delete(work))
    }, 1_000 / rate)
  }

  /** Starts no more operations and waits for those in progress. Throws errors that no client should meet. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#running)
    if (this.#mistakes.length > 0) throw new AggregateError(this.#mistakes, 'the crowd itself is mistaken')
  }

  /**
   * Lets this many people pay, and as many come to the provider's page. The returned function makes the former cancel
   * and the latter pay, all at once. So many sagas are in progress when a service goes away at that moment.
   */
  async gather(count: number): Promise<() => Promise<void>> {
    const acts: (() => Promise<unknown>)[] = []
    for (let number = ++this.#number; acts.length < 2 * count; number = ++this.#number) {
      const { random, people, shelves, returnUrl } = this.#options
      const order = await this.#order(`${number}-gathered`, random.pick(people), [random.pick(shelves.flat())])
      if (!order) continue
      if (acts.length < count) {
        if (await this.#pay(order, GOOD_CARD, false)) acts.push(() => this.#cancel(order, order.parts))
        continue
      }
      const payment = await this.#ask(order, 'startPayment', `/api/orders/${order.id}/payment`, { returnUrl })
      // A failure on the provider's page concerns only the buyer and the provider.
      if (payment.outcome === 'acknowledged')
        acts.push(() => payByCard(payment.body.paymentUrl, GOOD_CARD).catch(() => {}))
    }
    return async () => void (await Promise.all(acts.map((act) => act())))
  }

  #operation(number: number): Promise<void> {
    const { random } = this.#options
    const draw = random.next()
    if (draw < 0.4) return this.#purchase(number)
    if (draw < 0.45) return this.#rush(number)
    if (draw < 0.6) return this.#callOff()
    if (draw < 0.7) return this.#write(number)
    if (draw < 0.9) return this.#comment(number)
    return this.#favourite(number)
  }

  async #purchase(number: number): Promise<void> {
    const { random, shelves, people } = this.#options
    const skus = random
      .shuffle(shelves)
      .slice(0, random.between(1, 3))
      .map((shelf) => random.pick(shelf))
    const card = random.pick(CARDS)
    const [givesUp, walksAway] = [random.chance(0.08), random.chance(0.3)]
    const order = await this.#order(`${number}`, random.pick(people), skus)
    if (!order) return
    if (givesUp)
      return void (await this.#ask(order, 'cancelUnpaid', `/api/orders/${order.id}/cancellation`, {
        reason: 'changed my mind',
      }))
    if (await this.#pay(order, card, walksAway)) this.#paid.push(order)
  }

  /** Two people order the last unit before either has paid. One gets it and cancels; the other gets a refund. */
  async #rush(number: number): Promise<void> {
    const { random, people } = this.#options
    const sku = this.#singlePieces.shift()
    if (sku === undefined) return this.#purchase(number)
    const [first, second] = random.shuffle(people) as [Person, Person]
    const orders = await Promise.all([
      this.#order(`${number}-first`, first, [sku]),
      this.#order(`${number}-second`, second, [sku]),
    ])
    await Promise.all(
      orders
        .filter((order) => order !== undefined)
        .map(async (order) => {
          if (!(await this.#pay(order, GOOD_CARD, false))) return
          await this.#cancel(order, order.parts)
          this.#singlePieces.push(sku)
        }),
    )
  }

  async #callOff(): Promise<void> {
    const { random } = this.#options
    const order = this.#paid.splice(random.between(0, Math.max(0, this.#paid.length - 1)), 1)[0]
    if (!order) return
    const chosen = random.chance(0.5) ? order.parts.splice(0) : order.parts.splice(0, 1)
    await this.#cancel(order, chosen)
    if (order.parts.length > 0) this.#paid.push(order)
  }

  /** Orders one unit of each SKU; `label` is unique. */
  async #order(label: string, buyer: Person, skus: readonly string[]): Promise<Order | undefined> {
    const cart = await this.#ask({ label, buyer }, 'createCart', '/api/carts')
    if (cart.outcome !== 'acknowledged') return
    let { total, lines } = cart.body
    for (const sku of skus) {
      const asked = { label: `${label}-${sku}`, buyer }
      const added = await this.#ask(asked, 'addLine', `/api/carts/${cart.body.id}/lines`, { sku, quantity: 1 })
      if (added.outcome !== 'acknowledged') return
      ;({ total, lines } = added.body)
    }
    const note = `proof-${label}`
    this.#options.journal.sent('order', note)
    const body = { cartId: cart.body.id, expectedTotal: total, address: ADDRESS, note }
    const request = {
      what: 'placeOrder',
      method: 'POST',
      path: '/api/orders',
      body,
      key: `${label}-placeOrder`,
    } as const
    const placed = await this.#recorded('order', note, 'id', request, buyer)
    if (placed.outcome !== 'acknowledged') {
      // Another buyer was faster. With a sold-out product in the cart, this buyer could place no later order.
      const left: string[] = lines.map((line: { sku: string }) => line.sku)
      await Promise.all(left.map((sku) => this.#takeOut({ label, buyer }, cart.body.id, sku)))
      return
    }
    const { id, sellers } = placed.body
    return { label, id, buyer, parts: sellers.map((part: { id: string }) => part.id) }
  }

  #takeOut({ label, buyer }: Pick<Order, 'label' | 'buyer'>, cartId: string, sku: string): Promise<Answer> {
    const path = `/api/carts/${cartId}/lines/${sku}`
    return this.#change({ what: 'removeLine', method: 'DELETE', path, key: `${label}-${sku}-removeLine` }, buyer)
  }

  /** Returns whether the buyer was told that the order is paid. */
  async #pay(order: Order, card: string, walksAway: boolean): Promise<boolean> {
    const { journal, returnUrl } = this.#options
    const payment = await this.#ask(order, 'startPayment', `/api/orders/${order.id}/payment`, { returnUrl })
    if (payment.outcome !== 'acknowledged') return false
    // A failure on the provider's page concerns only the buyer and the provider.
    const hasPaid = await payByCard(payment.body.paymentUrl, card).then(
      () => true,
      () => false,
    )
    if (!hasPaid || walksAway) return false
    const confirmed = await this.#ask(order, 'confirmPayment', `/api/orders/${order.id}/payment/confirmation`)
    if (confirmed.outcome !== 'acknowledged' || confirmed.body.status !== 'paid') return false
    journal.paid.add(order.id)
    return true
  }

  async #cancel({ label, id, buyer }: Order, parts: readonly string[]): Promise<void> {
    const body = { sellerOrderIds: parts, reason: `proof-${label}` }
    const asked = { label: `${label}-${parts[0]}`, buyer }
    const answer = await this.#ask(asked, 'cancelOrder', `/api/orders/${id}/cancellation`, body)
    if (answer.outcome === 'acknowledged') for (const part of parts) this.#options.journal.calledOff.add(part)
  }

  #ask({ label, buyer }: Pick<Order, 'label' | 'buyer'>, what: string, path: string, body?: object): Promise<Answer> {
    return this.#change({ what, method: 'POST', path, body, key: `${label}-${what}` }, buyer)
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

  /** Sends a change that writes this unique text. `told` is the path of the created id in the response. */
  async #recorded(kind: Kind, text: string, told: string, request: Request, person: Person): Promise<Answer> {
    return this.#change(request, person, (answer) => {
      const id = answer.outcome === 'acknowledged' ? read(answer.body, told) : undefined
      this.#options.journal.ended(kind, text, answer, id)
    })
  }

  /** Sends a change until its outcome is known, sometimes twice at once. Calls `note` with each outcome. */
  async #change(request: Request, person: Person, note: (answer: Answer) => void = () => {}): Promise<Answer> {
    const { random } = this.#options
    const send = async () => {
      const answer = await this.#as(person, request)
      note(answer)
      return answer
    }
    if (!random.chance(DOUBLE_SEND_SHARE)) return send()
    const [first, second] = await Promise.all([send(), pause(random.between(0, 20)).then(send)])
    return first.outcome === 'acknowledged' ? first : second
  }

  /** Sends as this person, who signs in again when the session has expired. */
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
