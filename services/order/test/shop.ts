/** A small shop for the tests: real catalogue, inventory and payment services, and a running payment sandbox. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import inventoryService from '@doran/inventory'
import { newId, sql } from '@doran/kernel'
import type { Service } from '@doran/kernel/platform'
import { freePort, startPlatform, type TestPlatform, type TestUser } from '@doran/kernel/testing'
import orderService from '@doran/order'
import { type Address, order } from '@doran/order/contract'
import paymentService from '@doran/payment'
import { payByCard, type Sandbox, startSandbox } from '@doran/payment-sandbox'
import productService from '@doran/product'
import { type Good, putOnSale } from './goods.ts'

export const CARD = '4242424242424242'
export const DECLINED_CARD = '4000000000000002'

export const address: Address = {
  recipient: '김도란',
  phone: '010-1234-5678',
  postalCode: '03045',
  line1: '서울특별시 종로구 사직로 161',
  country: 'KR',
}

export interface Shop {
  platform: TestPlatform
  sandbox: Sandbox
  /** The platform's environment variables. */
  environment: Record<string, string>
  /** Puts goods on sale. Each has a seller of its own unless `sellerId` is given. */
  stock(goods: (Omit<Good, 'sellerId'> & Partial<Good>)[]): Promise<void>
  /** Puts the SKUs into the buyer's cart and orders it at its total. */
  placeOrder(buyer: TestUser, skus: Record<string, number>): Promise<{ id: string; total: number }>
  /** Starts the payment and pays on its page. */
  pay(buyer: TestUser, orderId: string, card?: string): Promise<void>
  close(): Promise<void>
}

/** The services that a purchase needs. */
export const SERVICES: readonly Service[] = [productService, inventoryService, paymentService, orderService]

export interface ShopOptions {
  services?: readonly Service[]
  settings?: Record<string, string>
}

export const SECRET = 'a secret of the tests'

const RETURN_URL = 'https://shop.example/return'

export async function openShop({ services = SERVICES, settings = {} }: ShopOptions = {}): Promise<Shop> {
  const folder = await mkdtemp(join(tmpdir(), 'doran-sandbox-'))
  const sandbox = await startSandbox({ port: 0, host: '127.0.0.1', folder, secret: SECRET })
  const port = await freePort()
  const environment = {
    PORT: String(port),
    SHOP_ORIGINS: 'https://shop.example, https://www.shop.example',
    PAYMENT_SANDBOX_URL: sandbox.url,
    PAYMENT_SANDBOX_SECRET: SECRET,
    PAYMENT_WEBHOOK_URL: `http://127.0.0.1:${port}/api/payments/webhooks/sandbox`,
    ...settings,
  }
  const platform = await startPlatform({ services, environment })
  await platform.listen()

  return {
    platform,
    sandbox,
    environment,
    stock: (goods) =>
      putOnSale(
        platform,
        goods.map((good) => ({ sellerId: newId(), ...good })),
      ),
    async placeOrder(buyer, skus) {
      const api = platform.api(order, buyer)
      let cart = await api.createCart()
      for (const [sku, quantity] of Object.entries(skus)) cart = await api.addLine({ cartId: cart.id, sku, quantity })
      return api.placeOrder({ cartId: cart.id, expectedTotal: cart.total, address, note: '' })
    },
    async pay(buyer, orderId, card = CARD) {
      const { paymentUrl } = await platform.api(order, buyer).startPayment({ orderId, returnUrl: RETURN_URL })
      await payByCard(paymentUrl, card)
    },
    async close() {
      await platform.close()
      await sandbox.close()
      await rm(folder, { recursive: true })
    },
  }
}

/**
 * Refunds directly at the provider, as its merchant console or a bank would, and waits until the reconciliation has
 * found it.
 */
export async function giveBackPastDoran(shop: Shop, paymentId: string, amount: number): Promise<void> {
  await refundAtProvider(shop, paymentId, amount)
  await shop.platform.settled()
}

/** Like {@link giveBackPastDoran}, but only makes the reconciliation due. */
export async function refundAtProvider({ platform, sandbox }: Shop, paymentId: string, amount: number): Promise<void> {
  const database = platform.database('payment')
  const read = () =>
    database.one<{ sessionId: string; refunded: number }>(sql`
      select session_id as "sessionId", refunded from payment.payments where id = ${paymentId}`)
  const { sessionId, refunded } = await read()
  const { status } = await fetch(`${sandbox.url}/v1/sessions/${sessionId}/refunds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify({ key: `by-hand-${paymentId}`, amount }),
  })
  if (status !== 200) throw new Error(`the provider answered ${status}`)
  // The webhook must arrive before the times are changed.
  while ((await read()).refunded === refunded) await new Promise((wake) => setTimeout(wake, 5))
  await database.run(sql`update payment.payments set updated_at = now() - interval '1 hour' where id = ${paymentId}`)
  await database.run(sql`update doran.tasks set run_at = now() where handler = 'payment/job:reconcile'`)
}
