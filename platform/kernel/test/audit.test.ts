import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { audited, domainError, newId, service, sql } from '@doran/kernel'
import { contract, del, get, Id, patch, post, Type } from '@doran/kernel/contract'
import { auditNumbers, findAuditEntries, findBrokenEntries } from '@doran/kernel/platform'
import { startPlatform, type TestPlatform, type TestUser } from '@doran/kernel/testing'

const stampWorn = domainError('stamp_worn', 409, 'The stamp is worn.')

const PaperInPath = Type.Object({ paperId: Id })

const desk = contract('desk', {
  stampPaper: post('/papers/:paperId/stamps', {
    summary: 'Stamp a paper',
    path: PaperInPath,
    body: Type.Object({ stamp: Type.String(), worn: Type.Optional(Type.Boolean()) }),
    access: ['admin'],
  }),
  losePaper: del('/papers/:paperId', { summary: 'Lose a paper', path: PaperInPath, access: ['admin'] }),
  readPaper: get('/papers/:paperId', { summary: 'Read a paper', path: PaperInPath, access: 'user' }),
  foldPaper: patch('/papers/:paperId', { summary: 'Fold a paper', path: PaperInPath, access: 'user' }),
})

const deskService = service(desk, {
  operations: {
    stampPaper: ({ paperId, stamp, worn }, ctx) =>
      ctx.db.transaction(async (tx) => {
        await tx.run(sql`insert into public.papers (id, stamp) values (${paperId}, ${stamp})`)
        audited(ctx, { target: { drawer: 'top' }, before: { stamp: null }, after: { stamp } })
        if (worn) throw stampWorn()
      }),
    async losePaper({ paperId }, ctx) {
      await ctx.db.run(sql`delete from public.papers where id = ${paperId}`)
    },
    async readPaper(_input, ctx) {
      if (ctx.actor.roles.includes('admin')) audited(ctx, {})
    },
    async foldPaper(_input, ctx) {
      await ctx.db.transaction((tx) => tx.run(sql`select 1`))
    },
  },
})

describe('the audit log', () => {
  let platform: TestPlatform
  let admin: TestUser
  before(async () => {
    platform = await startPlatform({ services: [deskService] })
    await platform.database('desk').run(sql`create table public.papers (id uuid primary key, stamp text not null)`)
    admin = await platform.user(['admin'])
  })
  after(() => platform.close())

  const entriesOf = (target: string) => findAuditEntries(platform.database('desk'), { target, limit: 10 })
  const stamp = (paperId: string, body: object = {}, headers: Record<string, string> = {}) =>
    platform.request('POST', `/api/papers/${paperId}/stamps`, { as: admin, body: { stamp: 'red', ...body }, headers })

  it('records who changed what, from where, and the state before', async () => {
    const paperId = newId()

    const { status, headers } = await stamp(paperId)

    assert.equal(status, 204)
    const [entry, ...others] = await entriesOf(paperId)
    assert.deepEqual(others, [])
    const { seq, at, ...told } = entry as typeof entry & object
    assert.ok(seq > 0)
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000)
    assert.deepEqual(told, {
      actor: admin.id,
      roles: ['admin'],
      session: admin.session,
      address: '127.0.0.1',
      operation: 'desk.stampPaper',
      target: { paperId, drawer: 'top' },
      before: { stamp: null },
      after: { stamp: 'red' },
      outcome: 'done',
      request: headers['x-request-id'],
    })
  })

  it('is written in the transaction of the action itself', async () => {
    const paperId = newId()
    await stamp(paperId)

    const { same } = await platform.database('desk').one<{ same: boolean }>(sql`
      select p.xmin = a.xmin as same
      from public.papers p, doran.audit a where p.id = ${paperId} and a.target ->> 'paperId' = ${paperId}`)

    assert.equal(same, true)
  })

  it('records an action once when it is requested twice with one idempotency key', async () => {
    const paperId = newId()
    const key = { 'idempotency-key': newId() }

    const answers = [await stamp(paperId, {}, key), await stamp(paperId, {}, key)]

    assert.deepEqual(
      answers.map(({ status }) => status),
      [204, 204],
    )
    assert.equal((await entriesOf(paperId)).length, 1)
  })

  it('records an action even if its operation adds no details', async () => {
    const paperId = newId()

    await platform.request('DELETE', `/api/papers/${paperId}`, { as: admin })

    const [entry] = await entriesOf(paperId)
    assert.equal(entry?.operation, 'desk.losePaper')
    assert.equal(entry?.before, null)
  })

  it('records changes of users with a role, even if the operation requires none, and no changes of others', async () => {
    const [paperId, another] = [newId(), newId()]

    await platform.request('PATCH', `/api/papers/${paperId}`, { as: admin })
    await platform.request('PATCH', `/api/papers/${another}`, { as: await platform.user() })

    assert.equal((await entriesOf(paperId)).length, 1)
    assert.equal((await entriesOf(another)).length, 0)
  })

  it('records of a read only what was read', async () => {
    const paperId = newId()

    await platform.request('GET', `/api/papers/${paperId}`, { as: admin })

    const [entry] = await entriesOf(paperId)
    assert.deepEqual([entry?.operation, entry?.target, entry?.after], ['desk.readPaper', { paperId }, null])
  })

  it('records a refused action with its error code', async () => {
    const paperId = newId()

    const { status } = await stamp(paperId, { worn: true })

    assert.equal(status, 409)
    assert.deepEqual(
      (await entriesOf(paperId)).map(({ outcome }) => outcome),
      ['stamp_worn'],
    )
  })

  it('keeps one chain when many act at once', async () => {
    await Promise.all(Array.from({ length: 40 }, () => stamp(newId())))

    assert.deepEqual(await broken(), [])
  })

  it('is append-only', async () => {
    const db = platform.database('desk')
    await stamp(newId())

    for (const change of [
      sql`update doran.audit set actor = ${newId()}`,
      sql`delete from doran.audit`,
      sql`truncate doran.audit`,
      sql`delete from doran.audit_head`,
    ])
      await assert.rejects(db.run(change), { code: '42501' })
  })

  async function broken() {
    const db = platform.database('desk')
    return findBrokenEntries(db, await auditNumbers(db, 0, 10_000))
  }

  /**
   * Changes the log as the owner of the database can, without its triggers. Returns the broken entries and rolls back.
   */
  async function foundAfter(tampering: ReturnType<typeof sql>) {
    const db = platform.database('desk')
    let found: Awaited<ReturnType<typeof broken>> = []
    const undone = new Error('the test takes it back')
    await assert.rejects(
      db.transaction(async (tx) => {
        await tx.run(sql`alter table doran.audit disable trigger audit_is_append_only`)
        await tx.run(tampering)
        found = await findBrokenEntries(tx, await auditNumbers(tx, 0, 10_000))
        await tx.run(sql`alter table doran.audit enable trigger audit_is_append_only`)
        throw undone
      }),
      undone,
    )
    return found
  }

  it('reveals an entry that was changed', async () => {
    await stamp(newId())

    const found = await foundAfter(sql`update doran.audit set actor = ${newId()} where seq = 2`)

    assert.deepEqual(found, [{ seq: 2, what: 'was changed after it had been written' }])
  })

  it('reveals a changed entry with a new hash, because the next entry does not follow it', async () => {
    const found = await foundAfter(sql`
      update doran.audit set roles = '{}', hash = doran.audit_hash(jsonb_populate_record(audit, '{"roles": []}'))
      where seq = 2`)

    assert.deepEqual(found, [{ seq: 3, what: 'does not follow the entry before it' }])
  })

  it('reveals an entry removed from the middle, and entries removed from the end', async () => {
    const last = (await auditNumbers(platform.database('desk'), 0, 10_000)).length

    const middle = await foundAfter(sql`delete from doran.audit where seq = 2`)
    const end = await foundAfter(sql`delete from doran.audit where seq > ${last - 2}`)

    assert.deepEqual(middle, [{ seq: 2, what: 'is missing: it was removed' }])
    assert.deepEqual(
      end.map(({ seq }) => seq),
      [last - 1, last],
    )
  })

  it('reveals entries that were added behind its end', async () => {
    const found = await foundAfter(sql`update doran.audit_head set seq = seq - 1`)

    assert.equal(found.at(-1)?.what, 'is not known to the head of the chain')
  })
})
