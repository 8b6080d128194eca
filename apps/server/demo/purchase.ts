/**
 * `npm run demo`: makes one purchase through the public HTTP API of a running Doran and prints each step. With `--
 * --split` it starts a Doran of its own, each service in a process of its own.
 */
import { auth } from '@doran/auth/contract'
import { httpClient } from '@doran/kernel/client'
import { type Order, order } from '@doran/order/contract'
import { payByCard } from '@doran/payment-sandbox'
import { product } from '@doran/product/contract'

const CARD = '4242 4242 4242 4242'

const address = {
  recipient: '김도란',
  phone: '010-1234-5678',
  postalCode: '03045',
  line1: '서울특별시 종로구 사직로 161',
  country: 'KR',
}

/** Makes the purchase up to the moment at which the buyer has paid on the provider's page. */
export async function buyAndPay(baseUrl: string) {
  const guest = { baseUrl }
  say(`A buyer comes to ${baseUrl}`)
  const account = await httpClient(auth, guest).register({
    email: `buyer-${Date.now()}@example.com`,
    password: 'correct horse battery',
    name: '김도란',
  })
  say(`  signed up as ${account.userId}`)
  const member = { baseUrl, token: () => account.accessToken }

  const catalogue = httpClient(product, guest)
  const { items } = await catalogue.listProducts({ category: 'kimchi-banchan', sort: 'price-asc' })
  say(`  found ${items.length} products, the first is “${items[0]?.name.en}” at ${won(items[0]?.priceFrom)}`)

  const orders = httpClient(order, member)
  let cart = await orders.createCart()
  for (const { id } of items) {
    const { variants } = await catalogue.getProduct({ productId: id })
    const sku = variants[0]?.sku as string
    cart = await orders.addLine({ cartId: cart.id, sku, quantity: 1 })
    // The product has sold out meanwhile: a real buyer would drop it as well.
    if (cart.lines.find((line) => line.sku === sku)?.problem) cart = await orders.removeLine({ cartId: cart.id, sku })
    if (cart.lines.length === 2) break
  }
  for (const { quantity, name, optionText, lineTotal } of cart.lines) {
    say(`  in the cart: ${quantity} × ${name?.ko} ${optionText?.ko} ${won(lineTotal)}`)
  }

  const placed = await orders.placeOrder(
    { cartId: cart.id, expectedTotal: cart.total, address, note: '문 앞에 놓아 주세요' },
    { key: `demo-${cart.id}` },
  )
  say(`  ordered: number ${placed.number}, ${won(placed.total)}, from ${placed.sellers.length} seller(s)`)
  const { paymentUrl, paymentId } = await orders.startPayment({ orderId: placed.id, returnUrl: `${baseUrl}/docs` })
  say(`  the payment page is ${paymentUrl}`)
  await payByCard(paymentUrl, CARD)
  say(`  paid there with the card ${CARD}`)
  return { orders, orderId: placed.id, paymentId, token: account.accessToken }
}

export function printTimeline({ number, status, total, timeline }: Order): void {
  say(`Order ${number} is ${status}, ${won(total)}:`)
  for (const { at, what } of timeline) say(`  ${at}  ${what}`)
}

export function say(text: string): void {
  console.log(text)
}

function won(amount = 0): string {
  return `₩${amount.toLocaleString('en')}`
}

if (import.meta.main) {
  if (process.argv.includes('--split')) await buyFromFleet()
  else await buyFromRunning()
}

async function buyFromFleet(): Promise<void> {
  const { withFleet } = await import('./fleet.ts')
  await withFleet(async ({ baseUrl, children }) => {
    say(`${children.length} processes run: ${children.map(({ name }) => name).join(', ')}`)
    const { orders, orderId } = await buyAndPay(baseUrl)
    printTimeline(await orders.confirmPayment({ orderId }))
  })
}

async function buyFromRunning(): Promise<void> {
  const baseUrl = process.env.DORAN_URL ?? `http://127.0.0.1:${process.env.PORT || 3000}`
  const running = await fetch(`${baseUrl}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  )
  if (!running) {
    console.error(`No Doran answers at ${baseUrl}. Start one with \`npm start\`, or say where it is with DORAN_URL.`)
    process.exit(1)
  }
  const { orders, orderId } = await buyAndPay(baseUrl)
  printTimeline(await orders.confirmPayment({ orderId }))
}
