import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Operation } from '@doran/kernel/contract'
import { services } from '../../apps/server/services.ts'
import { type Person, startVictim, type Victim } from './victim.ts'

const ROLES = ['seller', 'admin', 'operator'] as const
const ID = '01936b2e-0000-7000-8000-000000000000'

const operations = services.flatMap(({ contract }) =>
  Object.entries(contract.operations as Record<string, Operation>)
    .filter(([, { socket }]) => !socket)
    .map(([name, operation]) => ({ name: `${contract.name}.${name}`, operation })),
)
const ofAccess = (kind: (access: Operation['access']) => boolean) =>
  operations.filter(({ operation }) => kind(operation.access))

describe('an operation', () => {
  let victim: Victim
  let member: Person
  before(async () => {
    victim = await startVictim()
    member = await victim.member()
  })
  after(() => victim.close())

  async function ask({ operation }: (typeof operations)[number], as?: Person) {
    const path = `/api${(operation.route as string).replace(/:\w+/g, ID)}`
    const answer = await fetch(victim.url + path, {
      method: operation.method,
      headers: { 'content-type': 'application/json', ...(as && { authorization: `Bearer ${as.token}` }) },
      ...(operation.method !== 'GET' && { body: '{}' }),
    })
    const type = answer.headers.get('content-type') ?? ''
    const { code } = type.includes('json') ? ((await answer.json()) as { code?: string }) : {}
    return { status: answer.status, code }
  }

  it('for other services only does not exist for people, whatever their role', async () => {
    const internal = ofAccess((access) => access === 'internal')
    assert.ok(internal.length > 10)
    for (const each of internal) {
      for (const as of [undefined, member, victim.seller, victim.admin, victim.operator]) {
        const { status } = await ask(each, as)
        // Another operation may have the same path. Then the answer is its refusal, and this operation is not run.
        assert.ok([400, 401, 403, 404, 405, 422].includes(status), `${each.name} answered ${status}`)
      }
    }
  })

  it('for members refuses requests without a token', async () => {
    for (const each of ofAccess((access) => access !== 'internal' && access !== 'anyone')) {
      const { status, code } = await ask(each)
      assert.deepEqual([status, code], [401, 'token_missing'], each.name)
    }
  })

  it('for a role refuses everybody else before it validates what they send', async () => {
    const privileged = ofAccess((access) => Array.isArray(access))
    assert.ok(privileged.length > 10)
    for (const each of privileged) {
      const access = each.operation.access as readonly string[]
      const others = [member, ...ROLES.filter((role) => !access.includes(role)).map((role) => victim[role])]
      for (const as of others) {
        const { status, code } = await ask(each, as)
        assert.equal(status, 403, `${each.name} answered ${status} ${code}`)
      }
    }
  })
})
