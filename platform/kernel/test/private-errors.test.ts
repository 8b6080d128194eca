import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { on, publish, service, sql } from '@doran/kernel'
import { contract, event, post, Type } from '@doran/kernel/contract'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { createLog } from '../telemetry/index.ts'

const ADDRESS = '서울특별시 종로구 사직로 161'
const named = event('parcel.named', Type.Object({ address: Type.String() }))
const body = Type.Object({ address: Type.String() })
const parcel = contract('parcel', {
  refuse: post('/parcel/refused', { summary: 'x', access: 'anyone', body }),
  misread: post('/parcel/misread', { summary: 'x', access: 'anyone', body }),
  tell: post('/parcel/told', { summary: 'x', access: 'anyone', body }),
})
const parcelService = service(parcel, {
  operations: {
    async refuse({ address }, ctx) {
      await ctx.db.run(sql`insert into public.parcels values (${address})`)
    },
    async misread({ address }, ctx) {
      await ctx.db.run(sql`select ${address}::text::uuid`)
    },
    async tell({ address }, ctx) {
      await ctx.db.transaction((tx) => publish(tx, named, { address }))
    },
  },
  subscriptions: [
    on(named, async ({ address }, ctx) => {
      await ctx.db.run(sql`insert into public.parcels values (${address})`)
    }),
  ],
})

describe('an error of the database', () => {
  let platform: TestPlatform
  const lines: string[] = []
  before(async () => {
    const log = createLog('warn', { destination: { write: (line) => void lines.push(line) } })
    platform = await startPlatform({ services: [parcelService], log })
    await platform.database('parcel').run(sql`
      create table public.parcels (address text constraint short check (length(address) < 5))`)
  })
  after(() => platform.close())

  const send = (to: string) => platform.request('POST', `/api/parcel/${to}`, { body: { address: ADDRESS } })

  it('is logged with its code, table and constraint, without the refused row', async () => {
    lines.length = 0

    const { status } = await send('refused')

    const { err } = JSON.parse(lines[0] as string)
    assert.equal(status, 500)
    assert.deepEqual([err.code, err.table, err.constraint], ['23514', 'parcels', 'short'])
    assert.doesNotMatch(lines.join(), /사직로/)
  })

  it('is logged without the value that could not be parsed', async () => {
    lines.length = 0

    const { status } = await send('misread')

    assert.equal(status, 500)
    assert.match(lines.join(), /22P02/)
    assert.doesNotMatch(lines.join(), /사직로/)
  })

  it('is stored with the failed task, without the refused row', async () => {
    lines.length = 0

    await send('told')
    const failed = await failure()

    assert.match(failed, /violates check constraint "short"/)
    assert.doesNotMatch(failed + lines.join(), /사직로/)
  })

  async function failure(): Promise<string> {
    for (;;) {
      const task = await platform.database('parcel').first<{ last_error: string }>(sql`
        select last_error from doran.tasks where handler like 'parcel/on%' and last_error is not null`)
      if (task) return task.last_error
      await platform.database('parcel').run(sql`select pg_sleep(0.02)`)
    }
  }
})
