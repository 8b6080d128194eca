/** How long a person waits while somebody else imports thousands of products. */
import { auth } from '@doran/auth/contract'
import { newId } from '@doran/kernel'
import { httpClient } from '@doran/kernel/client'
import { basketsOf, checkouts, signUp } from '../checkout.ts'
import { compare, type Side } from '../rounds.ts'
import type { Row } from '../rows.ts'
import { startServer } from '../server.ts'
import type { Suite } from '../suite.ts'

const PRODUCTS = 9_000
const ADMIN = { email: 'admin@example.com', password: 'a long password' }

export async function importing(suite: Suite): Promise<Row[]> {
  const { settings, folder, postgres } = suite
  const stock = await suite.shop('import')
  const place = { DATABASE_URL: postgres.url('import'), DORAN_DATA: folder }
  const sandbox = await startServer('sandbox-payment', place, { core: 0 })
  const doran = await startServer('start', {
    ...place,
    PAYMENT_SANDBOX_URL: sandbox.url,
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
  })
  const buyers = await signUp(doran.url, 1)
  const { accessToken } = await httpClient(auth, { baseUrl: doran.url }).signIn(ADMIN)
  const sellerId = stock[0]?.sellerId as string
  const [{ category }] = (await postgres.run<{ category: string }>(
    'import',
    'select category from product.products limit 1',
  )) as [{ category: string }]
  const quiet: Side = {
    pids: [doran.pid],
    load: () => checkouts(doran.url, buyers, basketsOf(stock, 1), { seconds: settings.seconds }),
  }
  const busy: Side = {
    ...quiet,
    async load() {
      const imported = importProducts(doran.url, { token: accessToken, sellerId, category })
      const load = await quiet.load()
      await imported
      return load
    },
  }
  const rows = await compare(
    [
      {
        what: `purchases of one buyer, during an import of ${PRODUCTS.toLocaleString('en-US')} products / before it`,
        bar: { atLeast: 0.5 },
        doran: busy,
        floor: quiet,
      },
    ],
    suite,
  )
  await doran.stop()
  await sandbox.stop()
  return rows
}

async function importProducts(
  baseUrl: string,
  { token, sellerId, category }: { token: string; sellerId: string; category: string },
): Promise<void> {
  const prefix = newId().replaceAll('-', '').toUpperCase()
  const rows = Array.from({ length: PRODUCTS }, (_, n) => `${prefix}-${n},${category},쌀,Rice,${prefix}-${n},1000`)
  const answer = await fetch(`${baseUrl}/api/products/import?sellerId=${sellerId}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv', authorization: `Bearer ${token}` },
    body: ['product_key,category,name_ko,name_en,sku,price', ...rows].join('\n'),
  })
  const report = (await answer.json()) as { created?: number }
  if (report.created !== PRODUCTS)
    throw new Error(`the import was answered with ${JSON.stringify(report).slice(0, 500)}`)
}
