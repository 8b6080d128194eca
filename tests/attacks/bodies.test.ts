import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Operation } from '@doran/kernel/contract'
import { services } from '../../apps/server/services.ts'
import { assertUnharmed } from './assertions.ts'
import { duringAttack } from './bystander.ts'
import { type Sent, send } from './send.ts'
import { type Person, startVictim, type Victim } from './victim.ts'

/** A refusal may repeat what it refuses, but only up to this size. */
const MAX_REFUSAL_BYTES = 32_000
const LONGEST_MS = 5_000
const ID = '01936b2e-0000-7000-8000-000000000000'

interface Schema {
  type?: string
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
}

/** Every public operation that takes JSON, with its path and the member that wraps its body. */
const operations = services.flatMap(({ contract }) =>
  Object.entries(contract.operations as Record<string, Operation>)
    .filter(([, { access, body }]) => access !== 'internal' && (body as Schema | undefined)?.type === 'object')
    .map(([name, operation]) => ({
      name: `${contract.name}.${name}`,
      method: operation.method,
      path: `/api${(operation.route as string).replace(/:\w+/g, ID)}`,
      envelope: operation.envelope,
      body: operation.body as Schema,
    })),
)

const wrapped = (envelope: string | undefined, json: string) => (envelope ? `{"${envelope}":${json}}` : json)

/** Returns JSON bodies of at least this size, each with the name of its excess. */
function excesses(body: Schema, bytes: number): [string, string][] {
  const nested = `${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}`
  const members = Array.from({ length: bytes / 12 }, (_, index) => `"m${index}":1`).join(',')
  const properties = Object.entries(body.properties ?? {})
  const arrays = properties.filter(([, schema]) =>
    [schema, ...(schema.anyOf ?? [])].some(({ type }) => type === 'array'),
  )
  const texts = properties.filter(([, schema]) => schema.type === 'string')
  return [
    ['undeclared nesting', `{"undeclared":${nested}}`],
    ['undeclared members', `{${members}}`],
    ['an array instead of an object', `[${'1,'.repeat(bytes / 2)}1]`],
    ...arrays.map(([name]): [string, string] => [`${name} of numbers`, `{"${name}":[${'1,'.repeat(bytes / 2)}1]}`]),
    ...texts.map(([name]): [string, string] => [`a long ${name}`, `{"${name}":"${'x'.repeat(bytes)}"}`]),
    ...properties.slice(0, 1).map(([name]): [string, string] => [`${name} of nested arrays`, `{"${name}":${nested}}`]),
  ]
}

describe('an oversized body', () => {
  let victim: Victim
  let people: Person[]
  before(async () => {
    victim = await startVictim()
    people = [await victim.member(), victim.seller, victim.admin]
  })
  after(() => victim.close())

  it('can be sent to operations of every service', () => {
    assert.ok(operations.length > 20, `${operations.length} operations take JSON`)
  })

  for (const bytes of [15_000, 200_000, 1_000_000]) {
    it(`of ${bytes / 1_000} kB is refused by every operation, quickly and briefly, and harms nobody else`, async () => {
      const report = await duringAttack(victim.url, async () => {
        const answers: { what: string; sent: Sent }[] = []
        for (const { name, method, path, envelope, body } of operations) {
          for (const [what, json] of excesses(body, bytes)) {
            const as = people[answers.length % people.length] as Person
            const sent = await send(victim.url + path, wrapped(envelope, json), { as, method })
            answers.push({ what: `${what} for ${name}: ${JSON.stringify(sent)}`, sent })
          }
        }
        return answers
      })

      for (const { what, sent } of report.outcome) {
        assert.ok(sent.status < 500, what)
        // A response may be lost while the rest of a refused body is still on its way.
        assert.ok(sent.status > 0 || bytes > 100_000, what)
        assert.ok(sent.size < MAX_REFUSAL_BYTES, what)
        assert.ok(sent.milliseconds < LONGEST_MS, what)
      }
      await assertUnharmed(victim, report)
    })
  }

  it('is refused when many clients send it at once', async () => {
    const json = `{"article":{"title":"t","description":"d","body":"b","tagList":[${'1,'.repeat(100_000)}1]}}`

    const report = await duringAttack(victim.url, () =>
      Promise.all(
        Array.from({ length: 40 }, () => send(`${victim.url}/api/articles`, json, { as: people[0] as Person })),
      ),
    )

    for (const { status } of report.outcome) assert.ok(status < 500, `answered ${status}`)
    await assertUnharmed(victim, report)
  })
})
