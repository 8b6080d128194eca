import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { auth } from '@doran/auth/contract'
import { inventory } from '@doran/inventory/contract'
import { newId } from '@doran/kernel'
import { migrate } from '@doran/kernel/platform'
import pg from 'pg'
import { services } from '../../apps/server/services.ts'
import { until } from '../../platform/fleet/test/members.ts'
import { openMarketplace } from '../journeys/marketplace.ts'
import { isFine, type Load, runLoad, summary } from './load.ts'
import { childOf, type Shop } from './shop.ts'

const SKU = 'UPGRADED-1'
const ON_HAND = 1_000_000
const ADMIN = { email: 'admin@example.com', password: 'a long password' }
const INSTANCES: Record<string, number> = { auth: 1, user: 1, inventory: 2, gateway: 1 }

const SHELVES = `
alter table inventory.stock add column shelf text;
alter table inventory.stock add column counted integer not null default 0;
`
const SHELF_INDEX = `-- Outside a transaction, so that stock goes on being moved.
drop index concurrently if exists inventory.stock_shelf;
create index concurrently stock_shelf on inventory.stock (shelf);
`

describe('a new version of a service', { timeout: 120_000 }, () => {
  let market: Shop['market']
  let folder: string
  let newer: ChildProcess[] = []
  let load: Load
  /** Acknowledged adjustments, by the version that made them. */
  const counted = { older: 0, newer: 0 }
  before(async () => {
    const instances = Object.fromEntries(services.map(({ contract: { name } }) => [name, INSTANCES[name] ?? 0]))
    market = (await openMarketplace({}, { separate: true, instances })) as Shop['market']
    const { client, api, url } = market.platform
    await client(auth).ensureAccount({ ...ADMIN, name: 'Admin', roles: ['admin'] })
    const { accessToken: token } = await api(auth).signIn(ADMIN)
    await client(inventory).loadStock({ items: [{ sku: SKU, sellerId: newId(), onHand: ON_HAND }] })
    folder = await mkdtemp(join(tmpdir(), 'doran-upgrade-'))
    await cp(new URL('../../services/inventory/migrations/', import.meta.url), folder, { recursive: true })
    load = runLoad({
      clients: 3,
      rest: 15,
      baseUrl: () => url,
      async work(send) {
        await send({ what: 'look', path: `/api/inventory/${SKU}` })
        const path = `/api/inventory/${SKU}/adjustments`
        const body = { change: 1, shelf: 'A-1' }
        const stock = await send({ what: 'count', method: 'POST', path, token, key: newId(), body })
        counted[stock.counted === undefined ? 'older' : 'newer']++
      },
    })
  })
  after(async () => {
    await load.stop()
    for (const child of newer) child.kill('SIGKILL')
    await market.close()
    await rm(folder, { recursive: true })
  })

  it('migrates the database at its start and takes over while the older version runs', async () => {
    await writeFile(join(folder, '0002-shelves.sql'), SHELVES)
    await writeFile(join(folder, '0003-shelf-index.sql'), SHELF_INDEX)
    await goesOn()

    newer = [await startNewer()]
    await countedBy('newer')
    await countedBy('older')
    await childOf(market, 'inventory.1').stop()
    newer.push(await startNewer())
    await childOf(market, 'inventory.2').stop()
    await goesOn()

    assertFine()
    assert.equal(
      (
        await rows<{ valid: boolean }>(`
        select indisvalid as valid from pg_index where indexrelid = 'inventory.stock_shelf'::regclass`)
      )[0]?.valid,
      true,
    )
  })

  it('can be replaced by the older version, which runs on the newer database', async () => {
    for (const number of [1, 2]) {
      await childOf(market, `inventory.${number}`).start()
      await stop(newer.pop() as ChildProcess)
    }
    await countedBy('older')

    assertFine()
  })

  it('finds nothing to do if the database was migrated before, under load', async () => {
    await writeFile(join(folder, '0004-row.sql'), 'alter table inventory.stock add column row_of_shelf integer;')
    assert.deepEqual(await apply(), ['inventory/0004-row.sql'])
    await goesOn()
    newer = [await startNewer()]
    await countedBy('newer')

    assertFine()
  })

  it('waits for a table that others hold without delaying their requests, and gives up with a clear error', async () => {
    await writeFile(join(folder, '0005-slow.sql'), 'alter table inventory.stock add column slow integer;')
    const release = await holdStock()
    const begun = Date.now()

    await assert.rejects(
      apply(1_500),
      /inventory\/0005-slow\.sql failed: others held what it changes for too long; it can be tried again/,
    )
    await goesOn()
    assertFine()
    const waited = Math.max(...load.outcomes.filter(({ at }) => at >= begun).map(({ took }) => took))
    const applied = apply()
    await release()

    assert.deepEqual(await applied, ['inventory/0005-slow.sql'])
    // Without that limit, requests wait for as long as the table is held.
    const releaseAgain = await holdStock()
    const held = Date.now()
    const change = rows('alter table inventory.stock drop column slow')
    await pause(2_500)
    await releaseAgain()
    await change
    await goesOn()
    const stuck = Math.max(...load.outcomes.filter(({ at }) => at >= held).map(({ took }) => took))
    assert.ok(stuck > 2_000 && waited < stuck, `waited for ${waited} ms, and for ${stuck} ms`)
    assertFine()
  })

  it('has lost no adjustment that either version acknowledged', async () => {
    await load.stop()
    const [found] = await rows<object>(`
      select on_hand::int as "onHand", counted, shelf,
             (select count(*)::int from inventory.movements where kind = 'adjust') as movements
      from inventory.stock where sku = '${SKU}'`)

    const movements = counted.older + counted.newer
    assert.deepEqual(found, { onHand: ON_HAND + movements, counted: counted.newer, shelf: 'A-1', movements })
  })

  it('breaks the older version when its migration renames a column in use', async () => {
    load = runLoad({
      clients: 2,
      baseUrl: () => market.platform.url,
      work: (send) => send({ what: 'look', path: `/api/inventory/${SKU}` }),
    })
    await goesOn()
    await rows('alter table inventory.stock rename column on_hand to in_hand')
    await until(() => load.outcomes.some(({ answer }) => answer === 500))
  })

  /** Waits until requests that are sent from now on have been answered. */
  async function goesOn(): Promise<void> {
    const begun = Date.now()
    await until(() => load.outcomes.filter(({ at }) => at > begun).length >= 40, 20_000)
  }

  /** Waits until processes of this version have made ten more adjustments. */
  async function countedBy(version: keyof typeof counted): Promise<void> {
    const before = counted[version]
    await until(() => counted[version] >= before + 10, 20_000)
  }

  function assertFine(): void {
    const failed = load.outcomes.filter(({ answer }) => !isFine(answer))
    assert.deepEqual(failed, [], JSON.stringify(summary(load.outcomes)))
  }

  async function startNewer(): Promise<ChildProcess> {
    const child = fork(fileURLToPath(new URL('./next-inventory.ts', import.meta.url)), [folder], {
      env: { ...market.platform.environment, PORT: '0' },
    })
    await once(child, 'message')
    return child
  }

  async function stop(child: ChildProcess): Promise<void> {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }

  /** Does what `doran migrate` of the newer version does. */
  function apply(longestWaitMs = 60_000): Promise<string[]> {
    const source = { service: 'inventory', folder: pathToFileURL(`${folder}/`) }
    return migrate(market.platform.environment.DATABASE_URL as string, [source], { longestWaitMs })
  }

  /** Opens a transaction that has read the stock. Returns a function that ends it. */
  async function holdStock(): Promise<() => Promise<void>> {
    const client = await connect()
    await client.query(
      'set idle_in_transaction_session_timeout = 0; begin; lock table inventory.stock in access share mode',
    )
    return () => client.end()
  }

  async function rows<Row extends object>(text: string): Promise<Row[]> {
    const client = await connect()
    return client
      .query<Row>(`set lock_timeout = 0; ${text}`)
      .then((results) => ([results].flat().at(-1) as pg.QueryResult<Row>).rows)
      .finally(() => client.end())
  }

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: market.platform.environment.DATABASE_URL })
    await client.connect()
    return client
  }
})
