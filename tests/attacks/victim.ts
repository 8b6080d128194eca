/** A Doran in its own process, as the target of attacks. */
import { readFile } from 'node:fs/promises'
import { auth } from '@doran/auth/contract'
import { newId } from '@doran/kernel'
import { httpClient } from '@doran/kernel/client'
import type { Contract } from '@doran/kernel/contract'
import { createPlatform } from '@doran/kernel/platform'
import { createTestDatabase, freePort } from '@doran/kernel/testing'
import { product } from '@doran/product/contract'
import { run } from '../../apps/server/demo/process.ts'
import { identity, services } from '../../apps/server/services.ts'
import { putOnSale } from '../../services/order/test/goods.ts'

/** The password of every account here. */
export const PASSWORD = 'a password that nobody guesses'

/** Resident memory that the process may reach: the limit of the containers in compose.yaml. */
export const MEMORY_LIMIT_MB = 384
/** The settings of the image, and the heap that Node.js takes in a container of that size: half of the memory. */
const MEMORY_SETTINGS = {
  NODE_OPTIONS: `--max-semi-space-size=2 --max-old-space-size=${MEMORY_LIMIT_MB / 2}`,
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '131072',
}
/** Limits so high that they never stop an attack. */
export const NO_RATES = {
  RATE_LIMIT_PER_IP: '1000000',
  RATE_LIMIT_PER_ACCOUNT: '1000000',
  RATE_LIMIT_FILES_PER_IP: '1000000',
  RATE_LIMITS_PER_NETWORK: 'auth.register=1000000,auth.registerMember=1000000,order.createCart=1000000',
  AUTH_PASSWORD_RATE: '1000000',
}

export interface Person {
  readonly id: string
  readonly email: string
  readonly token: string
}

export interface Victim {
  readonly url: string
  /** URL of the payment sandbox. */
  readonly sandboxUrl: string
  /** SKU of a product on sale. */
  readonly sku: string
  readonly databaseUrl: string
  readonly seller: Person
  readonly admin: Person
  readonly operator: Person
  member(): Promise<Person>
  api<C extends Contract>(contract: C, as?: Person): ReturnType<typeof httpClient<C>>
  /** Returns the largest resident memory so far, in MB. */
  peakMemory(): Promise<number>
  close(): Promise<void>
}

/** Starts everything in one process. */
export async function startVictim(settings: Record<string, string> = {}): Promise<Victim> {
  const database = await createTestDatabase(services)
  const somebody = (): Somebody => ({ id: newId(), email: `${newId()}@example.com` })
  const people = { seller: somebody(), admin: somebody(), operator: somebody() }
  const sku = 'VICTIM-1'
  await fill(database.url, people, sku)
  const port = await freePort()
  const sandboxPort = await freePort()
  const environment = {
    DATABASE_URL: database.url,
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    DORAN_DATA: process.env.TMPDIR ?? '/tmp',
    LOG_LEVEL: 'warn',
    ...MEMORY_SETTINGS,
    ...NO_RATES,
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
    sandboxUrl: `http://127.0.0.1:${sandboxPort}`,
    sku,
    databaseUrl: database.url,
    seller: await signedIn(people.seller),
    admin: await signedIn(people.admin),
    operator: await signedIn(people.operator),
    async member() {
      const email = `${newId()}@example.com`
      const { userId, accessToken } = await api(auth).register({ email, password: PASSWORD, name: 'Member' })
      return { id: userId, email, token: accessToken }
    },
    api,
    peakMemory: () => peakMemoryOf(running.child),
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

/** Creates what only services can create: a shop, goods and accounts with roles. */
async function fill(
  databaseUrl: string,
  { seller, admin, operator }: Record<'seller' | 'admin' | 'operator', Somebody>,
  sku: string,
): Promise<void> {
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
    await accounts.ensureAccount({ ...account(operator), roles: ['operator'] })
    await platform.client(product).upsertSeller({ id: seller.id, slug: 'victim', name: { ko: '가게', en: 'Shop' } })
  } finally {
    await platform.close()
  }
}

/** Returns the largest resident memory so far, in MB. */
export async function peakMemoryOf({ pid }: { readonly pid?: number | undefined }): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_024
}
