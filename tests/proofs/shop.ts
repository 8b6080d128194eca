/** What the crowd uses: goods, accounts, and something to request from every service. */
import { auth } from '@doran/auth/contract'
import { newId } from '@doran/kernel'
import { httpClient } from '@doran/kernel/client'
import { putOnSale } from '../../services/order/test/goods.ts'
import type { Request, Sender } from './client.ts'
import { PASSWORD, type Person } from './crowd.ts'
import type { System } from './system.ts'

const PLENTIFUL_STOCK = 1_000_000
/** Sells out within the first minutes. */
const SCARCE_STOCK = 25
/** SKUs with one unit, which comes back when its buyer cancels. */
const SINGLE_PIECES = 40

export interface Stocked {
  /** SKUs by seller. */
  readonly shelves: readonly (readonly string[])[]
  /** SKUs with one unit in stock. */
  readonly singlePieces: readonly string[]
  readonly people: readonly Person[]
}

/**
 * Creates four sellers with `goods` SKUs each, of which one is scarce if there are several, a fifth seller with single
 * units, and people with accounts.
 */
export async function stock(
  system: System,
  { people, goods: count }: { people: number; goods: number },
): Promise<Stocked> {
  const caller = await system.caller()
  const shelves = [1, 2, 3, 4].map((seller) => Array.from({ length: count }, (_, good) => `PROOF-${seller}-${good}`))
  const goods = shelves.flatMap((skus, seller) => {
    const sellerId = newId()
    return skus.map((sku, index) => ({
      sku,
      sellerId,
      price: 1_000 * (seller + 1) + index,
      onHand: index > 0 || count === 1 ? PLENTIFUL_STOCK : SCARCE_STOCK,
    }))
  })
  const singlePieces = Array.from({ length: SINGLE_PIECES }, (_, piece) => `PROOF-SINGLE-${piece}`)
  const artist = newId()
  const singles = singlePieces.map((sku) => ({ sku, sellerId: artist, price: 50_000, onHand: 1 }))
  await putOnSale(caller, [...goods, ...singles])
  await caller.close()

  const api = httpClient(auth, { baseUrl: system.gateways[0] as string })
  const persons: Person[] = []
  // One after the other, because hashing passwords is expensive and not part of the proof.
  for (let number = 1; number <= people; number++) {
    const account = { name: `Person ${number}`, email: `person-${number}-${newId()}@example.com` }
    const { accessToken } = await api.register({ ...account, password: PASSWORD })
    persons.push({ ...account, token: accessToken })
  }
  return { shelves, singlePieces, people: persons }
}

/** Returns a small request to each service. */
export async function questions(sender: Sender, { shelves, people }: Stocked): Promise<Request[]> {
  const [person] = people as [Person]
  const ask = async (request: Request) => {
    const answer = await sender.send({ ...request, token: person.token })
    if (answer.outcome !== 'acknowledged')
      throw new Error(`${request.what} was not answered: ${JSON.stringify(answer)}`)
    return answer.body
  }
  const sku = shelves[1]?.at(-1) as string
  const found = await ask({ what: 'find', path: `/api/products?q=${sku}` })
  const cart = await ask({ what: 'cart', method: 'POST', path: '/api/carts' })
  const body = { article: { title: 'A question', description: 'small', body: 'Who is there?' } }
  const { article } = await ask({ what: 'article', method: 'POST', path: '/api/articles', body })
  // Uses the person's current token, because a long run outlives the first one.
  const asPerson = (what: string, path: string): Request => ({
    what,
    path,
    get token() {
      return person.token
    },
  })
  return [
    asPerson('auth', '/api/auth/sessions'),
    asPerson('user', '/api/users/me'),
    { what: 'product', path: `/api/products/${found.items[0].id}` },
    { what: 'inventory', path: `/api/inventory/${sku}` },
    asPerson('order', `/api/carts/${cart.id}`),
    asPerson('payment', `/api/payments/${newId()}`),
    { what: 'profile', path: `/api/profiles/${encodeURIComponent(article.author.username)}` },
    { what: 'article', path: `/api/articles/${article.slug}` },
    { what: 'comment', path: `/api/articles/${article.slug}/comments` },
  ]
}
