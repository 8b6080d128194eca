import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { service } from '@doran/kernel'
import { contract, post, Type } from '@doran/kernel/contract'
import { kernelErrors } from '@doran/kernel/platform'
import { createTestDatabase } from '@doran/kernel/testing'
import { known, type Member, startMember } from './members.ts'

describe('two versions of a contract side by side', { timeout: 20_000 }, () => {
  const Label = Type.Object({ text: Type.String() })
  const older = contract('printer', {
    print: post('/print', { summary: 'Print', access: 'internal', body: Label, reply: Label }),
  })
  const newer = contract('printer', {
    print: post('/print', {
      summary: 'Print',
      access: 'internal',
      body: Type.Object({ text: Type.String(), size: Type.Optional(Type.Integer()) }),
      reply: Type.Object({ text: Type.String(), size: Type.Optional(Type.Integer()) }),
    }),
    erase: post('/erase', { summary: 'Erase', access: 'internal', reply: Label }),
  })
  const olderService = service(older, { operations: { print: async ({ text }) => ({ text }) } })
  const newerService = service(newer, {
    operations: {
      print: async ({ text, size = 12 }) => ({ text, size, colour: 'blue' }),
      erase: async () => ({ text: '' }),
    },
  })
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let caller: Member
  let old: Member
  before(async () => {
    database = await createTestDatabase([olderService])
    caller = await startMember({ services: [], databaseUrl: database.url })
    old = await startMember({ services: [olderService], databaseUrl: database.url })
    await known(caller, 'printer', 1)
  })
  after(async () => {
    await caller.close()
    await old.close()
    await database.drop()
  })

  it('an older instance ignores a field that it does not know, and omits it from its reply', async () => {
    assert.deepEqual(await caller.client(newer).print({ text: 'a', size: 20 }), { text: 'a' })
  })

  it('an operation that no instance knows yet is unavailable, not refused', async () => {
    await assert.rejects(caller.client(newer).erase(), (error: Error) => {
      assert.ok(kernelErrors.serviceUnavailable.is(error))
      assert.match(String(error.cause), /does not know printer\.erase/)
      return true
    })
  })

  it('an operation that one instance knows runs there, and an older caller reads the reply of a newer instance', async (t) => {
    const fresh = await startMember({ services: [newerService], databaseUrl: database.url })
    t.after(() => fresh.close())
    await known(caller, 'printer', 2)

    for (let time = 0; time < 20; time++) assert.deepEqual(await caller.client(newer).erase(), { text: '' })
    for (let time = 0; time < 20; time++) assert.equal((await caller.client(older).print({ text: 'a' })).text, 'a')
  })
})
