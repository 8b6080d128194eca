/** Runs one order through each outage, in one shop with everything real, and reports how the order ended. */
import { inventory } from '@doran/inventory/contract'
import { sql } from '@doran/kernel'
import { makeDue, Outage, outlast, type TestUser } from '@doran/kernel/testing'
import { order } from '@doran/order/contract'
import pg from 'pg'
import { openLedger } from '../../apps/server/check/provider-ledger.ts'
import { services } from '../../apps/server/services.ts'
import { giveBackPastDoran, openShop, type Shop } from '../../services/order/test/shop.ts'
import { refundRefused } from '../../services/payment/errors.ts'
import type { OutageCase } from './outage-cases.ts'

const OUTAGE_MS = 300_000
const ON_HAND = 5
const QUANTITY = 2
const PRICE = 10_000

export interface OutageResult {
  readonly orderId: string
  /** An {@link Ending}, or a description of what happened instead. */
  readonly ended: string
}

export class OutageShop {
  readonly shop: Shop
  readonly #outages: readonly Outage[]
  readonly #buyer: TestUser
  readonly #admin: TestUser
  #orders = 0

  private constructor(shop: Shop, outages: readonly Outage[], buyer: TestUser, admin: TestUser) {
    this.shop = shop
    this.#outages = outages
    this.#buyer = buyer
    this.#admin = admin
  }

  static async open(): Promise<OutageShop> {
    const outages = services.map((service) => new Outage(service))
    const shop = await openShop({
      services: outages.map(({ service }) => service),
      settings: { PAYMENT_PROVIDER_TIMEOUT_MS: '1000' },
    })
    return new OutageShop(shop, outages, await shop.platform.user(), await shop.platform.user(['admin']))
  }

  close(): Promise<void> {
    return this.shop.close()
  }

  /** Keeps the service away for five minutes during this step of a new order's saga, and waits for the end. */
  async live(one: OutageCase): Promise<OutageResult> {
    const sku = `OUTAGE-${++this.#orders}`
    const price = one.saga.startsWith('free-') ? 0 : PRICE
    await this.shop.stock([{ sku, price, onHand: ON_HAND }])
    const api = this.shop.platform.api(order, this.#buyer)
    const place = () => this.shop.placeOrder(this.#buyer, { [sku]: QUANTITY })
    let end: () => unknown
    let id: string
    if (one.saga === 'free-checkout') {
      // This saga starts with the order.
      end = await this.#begin(one, sku)
      id = (await place()).id
    } else {
      id = (await place()).id
      if (one.saga.endsWith('cancellation')) {
        if (price > 0) await this.shop.pay(this.#buyer, id)
        const { paymentId } = await api.confirmPayment({ orderId: id })
        if (one.saga === 'held-cancellation') await this.#giveBackPastDoran(paymentId as string, price)
      }
      // The stock is reserved from here on, before the saga starts.
      if (['checkout', 'close-payment', 'release-stock'].includes(one.saga))
        await api.startPayment({ orderId: id, returnUrl: 'https://shop.example/' })
      end = await this.#begin(one, sku)
      if (one.saga === 'checkout') await this.shop.pay(this.#buyer, id)
      else if (one.saga === 'held-cancellation') {
        const asAdmin = this.shop.platform.api(order, this.#admin)
        await asAdmin.decideHeldOrder({ orderId: id, decision: 'cancel', reason: 'talked to the buyer' })
      } else await api.cancelOrder({ orderId: id, reason: 'changed my mind' })
    }
    const rests = await outlast(this.#db, OUTAGE_MS, end)
    if (rests) await this.shop.platform.settled()
    // A saga that will never end must not count as part of the next outage.
    else await this.#db.run(sql`delete from doran.tasks where failing_since is not null`)
    return { orderId: id, ended: await this.#endingOf(id, sku, price) }
  }

  get #db() {
    return this.shop.platform.database('order')
  }

  #outage(name: string): Outage {
    return this.#outages.find(({ service }) => service.contract.name === name) as Outage
  }

  /** Prepares the refusal and the outage. Returns a function that ends both. */
  async #begin({ saga, away, at, kind, refusal }: OutageCase, sku: string): Promise<() => unknown> {
    // A free order has no payment, so its goods are sold just before the call to the inventory.
    const asked = this.#outage(saga === 'free-checkout' ? 'inventory' : 'payment')
    const soldBefore = { reserve: 'authorise', commit: 'capture' } as const
    const soldAt =
      refusal === 'refund' || !refusal ? undefined : saga === 'free-checkout' ? refusal : soldBefore[refusal]
    let sold = false
    let begun = false
    asked.beforeCall = async (operation) => {
      if (refusal === 'refund' && operation === 'refund') throw refundRefused({ message: 'no' })
      if (operation === soldAt && !sold) {
        sold = true
        await this.#sell(sku)
      }
      if (away === 'provider' && operation === at && !begun) {
        begun = true
        await this.#misbehave(kind === 'refuses' ? { failRate: 1 } : { dropAnswerRate: 1 })
      }
    }
    if (away === 'database') await this.#alterHistory(`add constraint outage check (what <> '${at}') not valid`)
    const outage = away === 'provider' || away === 'database' ? undefined : this.#outage(away)
    outage?.begin(kind, at)
    return async () => {
      outage?.end()
      asked.beforeCall = () => {}
      await this.#misbehave()
      if (away === 'database') await this.#alterHistory('drop constraint outage')
    }
  }

  /** Also removes the reconciliation's finding, as if somebody had dealt with it. */
  async #giveBackPastDoran(paymentId: string, amount: number): Promise<void> {
    await giveBackPastDoran(this.shop, paymentId, amount)
    await this.shop.platform
      .database('payment')
      .run(sql`delete from payment.discrepancies where payment_id = ${paymentId} and what = 'amounts_differ'`)
  }

  async #alterHistory(change: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.shop.platform.url })
    await client.connect()
    await client.query(`alter table "order".history ${change}`).finally(() => client.end())
  }

  /** Lets the order's reservation expire, if it has one, and sells the whole stock to somebody else. */
  async #sell(sku: string): Promise<void> {
    const db = this.shop.platform.database('inventory')
    await db.run(sql`update inventory.reservations set expires_at = now() where order_id in (${ordersOf(sku)})`)
    await makeDue(db, 'inventory/job:release-expired')
    const held = sql`select 1 as one from inventory.reservations where order_id in (${ordersOf(sku)}) and state = 'held'`
    while (await db.first(held)) await new Promise((wake) => setTimeout(wake, 5))
    await this.shop.platform.client(inventory, this.#admin).setStock({ sku, onHand: 0 })
  }

  async #misbehave(api?: object): Promise<void> {
    await fetch(`${this.shop.sandbox.url}/v1/faults`, {
      method: api ? 'POST' : 'DELETE',
      headers: {
        authorization: `Bearer ${this.shop.environment.PAYMENT_SANDBOX_SECRET}`,
        ...(api && { 'content-type': 'application/json' }),
      },
      ...(api && { body: JSON.stringify({ api }) }),
    })
  }

  /** Concludes the ending from the order, the provider's ledger and the stock together. */
  async #endingOf(orderId: string, sku: string, price: number): Promise<string> {
    const { platform, sandbox, environment } = this.shop
    const { status, refunded, sellers } = await platform.api(order, this.#admin).getOrder({ orderId })
    const ledger = openLedger({ url: sandbox.url, secret: environment.PAYMENT_SANDBOX_SECRET as string })
    const { sessions } = await ledger.accounts([orderId])
    const kept = sessions.reduce((sum, session) => sum + session.captured - session.refunded, 0)
    const held = sessions.filter(({ status }) => status === 'authorised').length
    const [{ onHand, reserved }, parts] = [
      await platform.client(inventory, this.#admin).getStock({ sku }),
      sellers.map((part) => part.status).join(),
    ]
    const total = QUANTITY * price
    const sold = onHand === ON_HAND - QUANTITY && reserved === 0
    const whole = onHand === ON_HAND || onHand === 0
    const back = kept === 0 && held === 0 && whole
    if (status === 'paid' && parts === 'preparing' && kept === total && refunded === 0 && sold) return 'paid'
    const someBack = kept > 0 && kept < total
    if (status === 'paid' && sellers.every((part) => part.held) && someBack && refunded === 0 && sold) return 'held'
    if (status === 'awaiting_payment' && parts === 'pending' && back) return 'open'
    if (status === 'cancelled' && parts === 'cancelled' && back && reserved === 0) return 'cancelled'
    return `${status}, its part ${parts}; the provider keeps ${kept} of ${total} and holds ${held}; ${onHand} on hand, ${reserved} reserved`
  }
}

/** Selects the orders that hold, or held, some of a SKU. */
const ordersOf = (sku: string) => sql`select order_id from inventory.reservation_lines where sku = ${sku}`
