/** A shop as visitors meet it: started with the command that operators use, on its own data. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { auth } from '@doran/auth/contract'
import { inventory } from '@doran/inventory/contract'
import { httpClient } from '@doran/kernel/client'
import type { Client, Contract } from '@doran/kernel/contract'
import { freePort } from '@doran/kernel/testing'
import { order } from '@doran/order/contract'
import { product } from '@doran/product/contract'
import { user } from '@doran/user/contract'
import { run } from '../../apps/server/demo/process.ts'
import { build } from '../../apps/web/build/build.ts'

const ADMIN = { email: 'admin@example.com', password: 'administrator of the tests' }

export interface Shop {
  readonly url: string
  /** Calls as an administrator, who may change every stock. */
  readonly admin: Calls
  /** Registers a new member. Returns the member with calls as that member. */
  newMember(): Promise<Member>
  close(): Promise<void>
}

export interface ShopOptions {
  /** Whether to load the sample community. */
  readonly community?: boolean
  /** Origins of pages that are served from elsewhere. */
  readonly otherOrigins?: string
}

export interface Member {
  readonly email: string
  readonly password: string
  readonly name: string
  readonly calls: Calls
}

export type Calls = ReturnType<typeof callsWith>

function callsWith(url: string, token?: string) {
  const client = <C extends Contract>(contract: C): Client<C> =>
    httpClient(contract, { baseUrl: url, token: () => token })
  return {
    auth: client(auth),
    inventory: client(inventory),
    order: client(order),
    product: client(product),
    user: client(user),
  }
}

/** Opens the shop. With `DORAN_TEST_MODE=processes` each service runs in its own process. */
export async function openShop({ community = false, otherOrigins = '' }: ShopOptions = {}): Promise<Shop> {
  await build({ edition: 'marketplace', ifChanged: true })
  const folder = await mkdtemp(join(tmpdir(), 'doran-browser-'))
  const [port, sandbox] = [await freePort(), await freePort()]
  const environment = {
    PORT: String(port),
    SANDBOX_PORT: String(sandbox),
    DORAN_DATA: folder,
    LOG_LEVEL: 'warn',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    // All visits come from one machine.
    RATE_LIMIT_PER_IP: '1000000',
    AUTH_PASSWORD_RATE: '1000000',
    RATE_LIMIT_FILES_PER_IP: '1000000',
    RATE_LIMITS_PER_NETWORK: 'order.createCart=1000000',
    CORS_ORIGINS: otherOrigins,
  }
  if (community) await seedCommunity(environment)
  const split = process.env.DORAN_TEST_MODE === 'processes'
  const running = await run(['start', ...(split ? ['--split'] : [])], environment)
  const url = `http://127.0.0.1:${port}`
  const { accessToken } = await callsWith(url).auth.signIn(ADMIN)
  let members = 0
  return {
    url,
    admin: callsWith(url, accessToken),
    async newMember() {
      const account = { email: `member${++members}@example.com`, password: 'correct horse battery', name: '김도란' }
      const { accessToken } = await callsWith(url).auth.register(account)
      return { ...account, calls: callsWith(url, accessToken) }
    },
    async close() {
      await running.stop()
      await rm(folder, { recursive: true })
    },
  }
}

async function seedCommunity(environment: Record<string, string>): Promise<void> {
  const program = new URL('../../apps/server/doran.ts', import.meta.url).pathname
  await promisify(execFile)(process.execPath, [program, 'seed', '--community'], {
    env: { ...process.env, ...environment },
  })
}
