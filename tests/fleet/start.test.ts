import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { auth } from '@doran/auth/contract'
import { sql } from '@doran/kernel'
import { Child } from '../../apps/server/children.ts'
import { services } from '../../apps/server/services.ts'
import { until } from '../../platform/fleet/test/members.ts'
import { openMarketplace } from '../journeys/marketplace.ts'
import type { Shop } from './shop.ts'

const ADMIN = { email: 'admin@example.com', password: 'a long password' }
const STARTED_FIRST: Record<string, number> = { auth: 1, gateway: 1 }

describe('processes of a fleet', { timeout: 60_000 }, () => {
  let market: Shop['market']
  const later: Child[] = []
  before(async () => {
    const instances = Object.fromEntries(services.map(({ contract: { name } }) => [name, STARTED_FIRST[name] ?? 0]))
    const environment = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password }
    market = (await openMarketplace(environment, { separate: true, instances })) as Shop['market']
  })
  after(async () => {
    await Promise.all(later.map((child) => child.stop()))
    await market.close()
  })

  it('start in any order: the account of ADMIN_EMAIL becomes an administrator once the user service runs', async () => {
    const { api, database, environment } = market.platform
    const signIn = () => api(auth).signIn(ADMIN)
    await assert.rejects(signIn(), { code: 'credentials_invalid' })

    const child = new Child({
      name: 'user.1',
      command: ['start', '--services', 'user'],
      environment: { ...environment, PORT: '0' },
    })
    later.push(child)
    await child.start()
    await until(async () => !!(await database('user').first(sql`select from "user".administrators`)), 20_000)

    assert.deepEqual((await signIn()).roles, ['admin'])
  })
})
