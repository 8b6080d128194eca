/** A Doran in a process of its own, to be attacked. */
import { readFile } from 'node:fs/promises'
import { auth } from '@doran/auth/contract'
import { type Contract, newId } from '@doran/kernel'
import { httpClient } from '@doran/kernel/client'
import { createPlatform } from '@doran/kernel/platform'
import { createTestDatabase, freePort } from '@doran/kernel/testing'
import { product } from '@doran/product/contract'
import { type Running, run } from '../../apps/server/demo/process.ts'
import { identity, services } from '../../apps/server/services.ts'
import { putOnSale } from '../../services/order/test/goods.ts'

/** Of everybody here. */
export const PASSWORD = 'a password that nobody guesses'

/** Resident memory that the process may reach; the containers of compose.yaml have no more. */
export const MEMORY_LIMIT_MB = 384

export interface Person {
  readonly id: string
  readonly email: string
  readonly token: string
}

export interface Victim {
  readonly url: string
  /** SKU of something that can be bought. */
  readonly sku: string
  readonly databaseUrl: string
  readonly seller: Person
  readonly admin: Person
  member(): Promise<Person>
  api<C extends Contract>(contract: C, as?: Person): ReturnType<typeof httpClient<C>>
  /** Largest resident memory so far, in MB. */
  peakMemory(): Promise<number>
  close(): Promise<void>
}

/** Everything in one process, with rates so high that they are never what stops an attack. */
export async function startVictim(settings: Record<string, string> = {}): Promise<Victim> {
  const database = await createTestDatabase(services)
  const [seller, admin] = [
    { id: newId(), email: `${newId()}@example.com` },
    { id: newId(), email: `${newId()}@example.com` },
  ]
  const sku = 'VICTIM-1'
  await fill(database.url, { seller, admin, sku })
  const port = await freePort()
  const environment = {
    DATABASE_URL: database.url,
    PORT: String(port),
    SANDBOX_PORT: String(await freePort()),
    DORAN_DATA: process.env.TMPDIR ?? '/tmp',
    LOG_LEVEL: 'warn',
    RATE_LIMIT_PER_IP: '1000000',
    RATE_LIMIT_PER_ACCOUNT: '1000000',
    ...settings,
  }
  const running = await run(['start', '--no-seed'], environment)
  const url = `http://127.0.0.1:${port}`
  const api = <C extends Contract>(contract: C, as?: Person) =>
    httpClient(contract, { baseUrl: url, token: () => as?.token })
  const signedIn = async ({ id, email }: { id: string; email: string }): Promise<Person> => {
    const { accessToken } = await api(auth).signIn({ email, password: PASSWORD })
    return { id, email, token: accessToken }
  }
  return {
    url,
    sku,
    databaseUrl: database.url,
    seller: await signedIn(seller),
    admin: await signedIn(admin),
    async member() {
      const email = `${newId()}@example.com`
      const { userId, accessToken } = await api(auth).register({ email, password: PASSWORD, name: 'Member' })
      return { id: userId, email, token: accessToken }
    },
    api,
    peakMemory: () => peakMemoryOf(running),
    async close() {
      await running.stop()
      await database.drop()
    },
  }
}

interface Somebody {
  id: string
  email: string
}

/** What only services can do: a shop, goods and accounts with roles. */
async function fill(databaseUrl: string, { seller, admin, sku }: { seller: Somebody; admin: Somebody; sku: string }) {
  const platform = await createPlatform({ services, environment: {}, databaseUrl, identity })
  try {
    await putOnSale(platform, [{ sku, price: 1_000, onHand: 1_000_000, sellerId: seller.id }])
    const accounts = platform.client(auth)
    const account = (person: Somebody) => ({
      userId: person.id,
      email: person.email,
      password: PASSWORD,
      name: 'Somebody',
    })
    await accounts.ensureAccount({ ...account(seller), roles: ['seller'] })
    await accounts.ensureAccount({ ...account(admin), roles: ['admin'] })
    await platform.client(product).upsertSeller({ id: seller.id, slug: 'victim', name: { ko: '가게', en: 'Shop' } })
  } finally {
    await platform.close()
  }
}

async function peakMemoryOf({ child }: Running): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_024
}
