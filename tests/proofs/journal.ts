/** Records what clients did and what they were told, for a comparison with the databases at the end. */
import { type Queryable, sql } from '@doran/kernel'
import type { Answer } from './client.ts'

export type Outcome = 'sent' | Answer['outcome']

interface Entry {
  outcome: Outcome
  /** Ids that responses named; more than one if repetitions got different ids. */
  readonly ids: Set<string>
}

/** Every operation that writes something unique, by its unique text. */
export class Journal {
  readonly #entries = {
    order: new Map<string, Entry>(),
    article: new Map<string, Entry>(),
    comment: new Map<string, Entry>(),
  }
  /** Orders that clients were told are paid. */
  readonly paid = new Set<string>()
  /** Seller orders that clients were told are cancelled. */
  readonly calledOff = new Set<string>()

  sent(kind: Kind, text: string): void {
    this.#entries[kind].set(text, { outcome: 'sent', ids: new Set() })
  }

  /** `id` is the id in the response. An operation is acknowledged if one of its repetitions was. */
  ended(kind: Kind, text: string, answer: Answer, id: string | undefined): void {
    const entry = this.#entries[kind].get(text) as Entry
    if (entry.outcome !== 'acknowledged') entry.outcome = answer.outcome
    if (id !== undefined) entry.ids.add(id)
  }

  /**
   * Checks that what was acknowledged is there with the acknowledged id, that what was sent is there at most once, and
   * that what failed is not there.
   */
  compare({ orders, parts, articles, comments }: Found): Breach[] {
    const paid = new Set(orders.filter((order) => order.paid).map(({ id }) => id))
    const states = new Map(parts.map((part) => [part.id, part]))
    const lost = (what: string): Breach => ({ invariant: 'acknowledged-present', what })
    const isCalledOff = (id: string) => states.get(id)?.status === 'cancelled' || states.get(id)?.resumed
    return [
      ...this.#compareKind('order', orders),
      ...this.#compareKind('article', articles),
      ...this.#compareKind('comment', comments),
      ...[...this.paid].filter((id) => !paid.has(id)).map((id) => lost(`order ${id} was told to be paid and is not`)),
      ...[...this.calledOff]
        .filter((id) => !isCalledOff(id))
        .map((id) => lost(`part ${id} was told to be called off and is ${states.get(id)?.status}`)),
    ]
  }

  #compareKind(kind: Kind, rows: readonly Row[]): Breach[] {
    const found = Map.groupBy(rows, ({ text }) => text)
    const breaches: Breach[] = []
    for (const [text, { outcome, ids }] of this.#entries[kind]) {
      const present = (found.get(text) ?? []).map(({ id }) => id)
      const named = `${kind} “${text}”`
      if (present.length > 1 || ids.size > 1) {
        const told = ids.size > 1 ? `, and its sender was told of ${[...ids].join(' and ')}` : ''
        breaches.push({ invariant: 'acknowledged-once', what: `${named} is there ${present.length} times${told}` })
      }
      for (const id of ids) {
        if (present.includes(id)) continue
        breaches.push({
          invariant: 'acknowledged-present',
          what: `${named} was acknowledged as ${id}, which is not there`,
        })
      }
      if (outcome === 'failed' && present.length > 0) {
        breaches.push({ invariant: 'acknowledged-once', what: `${named} was refused and is there all the same` })
      }
    }
    return breaches
  }

  /** Counts the operations of each kind by outcome. */
  counts(): Record<Kind, Partial<Record<Outcome, number>>> {
    const of = (kind: Kind) => {
      const counts: Partial<Record<Outcome, number>> = {}
      for (const { outcome } of this.#entries[kind].values()) counts[outcome] = (counts[outcome] ?? 0) + 1
      return counts
    }
    return { order: of('order'), article: of('article'), comment: of('comment') }
  }
}

export type Kind = 'order' | 'article' | 'comment'

export interface Breach {
  readonly invariant: 'acknowledged-present' | 'acknowledged-once'
  readonly what: string
}

interface Row {
  readonly id: string
  /** The text that the client wrote. */
  readonly text: string
}

/** The contents of the databases. */
export interface Found {
  readonly orders: readonly (Row & { readonly paid: boolean })[]
  /** `resumed`: the refund failed, so the part goes on. */
  readonly parts: readonly { readonly id: string; readonly status: string; readonly resumed: boolean }[]
  readonly articles: readonly Row[]
  readonly comments: readonly Row[]
}

export async function find({ order, community }: { order: Queryable; community: Queryable }): Promise<Found> {
  return {
    orders: await order.all(sql`
      select id, note as text, paid_at is not null as paid from "order".orders where note like 'proof-%'`),
    parts: await order.all(sql`
      select s.id, s.status,
             exists (select 1 from "order".history h where h.order_id = s.order_id and h.what = 'cancel_failed') as resumed
      from "order".seller_orders s`),
    articles: await community.all(
      sql`select slug as id, title as text from article.articles where title like 'Proof %'`,
    ),
    comments: await community.all(sql`select id::text, body as text from comment.comments where body like 'proof-%'`),
  }
}
