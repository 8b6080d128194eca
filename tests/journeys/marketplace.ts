/** The complete marketplace for journeys: every service, the gateway, real accounts and the payment sandbox. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { auth, type Tokens } from '@doran/auth/contract'
import { gatewayConfig, openApi, publicDoor } from '@doran/gateway'
import { newId } from '@doran/kernel'
import { readConfig } from '@doran/kernel/platform'
import { freePort, startPlatform } from '@doran/kernel/testing'
import { order } from '@doran/order/contract'
import { payByCard, type Sandbox, startSandbox } from '@doran/payment-sandbox'
import { errors, identity, services } from '../../apps/server/services.ts'
import { putOnSale } from '../../services/order/test/goods.ts'
import { type Doran, startProcesses } from './processes.ts'

export const CARDS = {
  approved: '4242424242424242',
  declined: '4000000000000002',
  insufficient: '4000000000009995',
  lostAuthoriseAnswer: '4000000000000044',
  lostCaptureAnswer: '4000000000000051',
  threeDSecure: '4000000000003220',
}

export const address = {
  recipient: '김도란',
  phone: '010-1234-5678',
  postalCode: '03045',
  line1: '서울특별시 종로구 사직로 161',
  country: 'KR',
}

/** Authenticates calls of the payment sandbox's API. */
export const SECRET = 'a secret of the journeys'
export const RETURN_URL = 'https://shop.example/return'

export interface MarketplaceOptions {
  readonly separate?: boolean
  readonly instances?: Record<string, number>
  /** Receives each line that a separate process writes. */
  readonly onLine?: (line: string) => void
}

export interface Marketplace {
  platform: Doran
  sandbox: Sandbox
  /** Registers a new member. */
  signUp(name?: string): Promise<{ token: string; tokens: Tokens }>
  /** Puts goods on sale, of a new seller by default. Returns the seller's id. */
  stock(goods: Record<string, { price: number; onHand: number }>, sellerId?: string): Promise<string>
  /** Goes from an empty cart to the end of the payment page. Returns the order's id. */
  buy(buyer: { token: string }, lines: Record<string, number>, card?: string): Promise<string>
  /** Returns every movement of money that the provider recorded for an order, such as `capture 12900`. */
  ledger(orderId: string): Promise<{ kind: string; amount: number }[]>
  close(): Promise<void>
}

/**
 * Opens the marketplace in one process. With `separate` or `DORAN_TEST_MODE=processes`, each service runs in processes
 * of its own, as many as `instances` says.
 */
export async function openMarketplace(
  environment: Record<string, string> = {},
  { separate = process.env.DORAN_TEST_MODE === 'processes', instances, onLine }: MarketplaceOptions = {},
): Promise<Marketplace> {
  const folder = await mkdtemp(join(tmpdir(), 'doran-journey-'))
  const sandbox = await startSandbox({ port: 0, host: '127.0.0.1', folder, secret: SECRET })
  const port = await freePort()
  const settings = {
    PORT: String(port),
    PAYMENT_SANDBOX_URL: sandbox.url,
    PAYMENT_SANDBOX_SECRET: SECRET,
    PAYMENT_WEBHOOK_URL: `http://127.0.0.1:${port}/api/payments/webhooks/sandbox`,
    SHOP_ORIGINS: 'https://shop.example',
    RATE_LIMIT_PER_IP: '1000000',
    AUTH_PASSWORD_RATE: '1000000',
    RATE_LIMIT_FILES_PER_IP: '1000000',
    RATE_LIMITS_PER_NETWORK: 'order.createCart=1000000',
    RATE_LIMIT_PER_ACCOUNT: '1000000',
    ...environment,
  }
  const platform = separate ? await startProcesses(settings, instances, onLine) : await startInOneProcess(settings)

  return {
    platform,
    sandbox,
    async signUp(name = '김도란') {
      const tokens = await platform
        .api(auth)
        .register({ email: `${newId()}@example.com`, password: 'correct horse', name })
      return { token: tokens.accessToken, tokens }
    },
    async stock(goods, sellerId = newId()) {
      const items = Object.entries(goods).map(([sku, { price, onHand }]) => ({ sku, price, onHand, sellerId }))
      await putOnSale(platform, items)
      return sellerId
    },
    async buy(buyer, lines, card = CARDS.approved) {
      const api = platform.api(order, buyer)
      let cart = await api.createCart()
      for (const [sku, quantity] of Object.entries(lines)) cart = await api.addLine({ cartId: cart.id, sku, quantity })
      const placed = await api.placeOrder({ cartId: cart.id, expectedTotal: cart.total, address, note: '' })
      const { paymentUrl } = await api.startPayment({ orderId: placed.id, returnUrl: RETURN_URL })
      await payByCard(paymentUrl, card)
      return placed.id
    },
    async ledger(orderId) {
      const answer = await fetch(`${sandbox.url}/v1/ledger`, { headers: { authorization: `Bearer ${SECRET}` } })
      const { entries } = (await answer.json()) as { entries: { reference: string; kind: string; amount: number }[] }
      return entries.filter(({ reference }) => reference === orderId).map(({ kind, amount }) => ({ kind, amount }))
    },
    async close() {
      await platform.close()
      await sandbox.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function startInOneProcess(settings: Record<string, string>): Promise<Doran> {
  const [config] = readConfig([gatewayConfig], settings)
  const platform = await startPlatform({
    services,
    identity,
    environment: settings,
    edge: publicDoor({ config, api: openApi(services, { version: '0.0.0' }), errors }),
  })
  await platform.listen()
  return platform
}
