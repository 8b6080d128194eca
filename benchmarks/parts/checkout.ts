/** Whole purchases, from the cart to the paid order, against the peers. */
import { basketsOf, checkouts, signUp } from '../checkout.ts'
import { startFloor } from '../floors.ts'
import { fasterPeer } from '../peers.ts'
import { compare, type Side } from '../rounds.ts'
import type { Row } from '../rows.ts'
import { startServer } from '../server.ts'
import type { Suite } from '../suite.ts'
import { wrk } from '../wrk.ts'

const BAR = { atLeast: 20 }

export async function checkout(suite: Suite): Promise<Row[]> {
  const { settings, folder, postgres } = suite
  const stock = await suite.shop('checkout')
  const place = { DATABASE_URL: postgres.url('checkout'), DORAN_DATA: folder }
  const sandbox = await startServer('sandbox-payment', place, { core: 0 })
  const doran = await startServer(
    'start',
    { ...place, PAYMENT_SANDBOX_URL: sandbox.url },
    { core: 0, inspect: settings.profile },
  )
  const floor = await startFloor('./floor.ts', { databaseUrl: place.DATABASE_URL, bytes: {}, sql: {} })
  const buyers = await signUp(doran.url)
  const { seconds } = settings
  const peer = fasterPeer('checkout', {
    pids: [floor.pid],
    load: () => wrk(floor.bareUrl, ['/'], { folder, seconds: 1 }),
  })
  const buying = (sellers: 1 | 3): Side => {
    const baskets = basketsOf(stock, sellers)
    return {
      pids: [doran.pid],
      inspector: doran.inspector,
      load: () => checkouts(doran.url, buyers, baskets, { seconds }),
    }
  }
  const rows = await compare(
    [
      { what: 'checkout, cart → paid, one seller / faster peer', bar: BAR, doran: buying(1), floor: peer },
      { what: 'checkout, cart → paid, three sellers / faster peer', bar: BAR, doran: buying(3), floor: peer },
    ],
    suite,
  )
  floor.stop()
  await doran.stop()
  await sandbox.stop()
  return rows
}
