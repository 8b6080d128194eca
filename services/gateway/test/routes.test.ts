import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import gateway from '@doran/gateway'
import { type Impostor, known, replyWith, startImpostor, until } from '../../../fleet/test/members.ts'
import { type Front, openFront } from './front.ts'

let front: Front
before(async () => {
  front = await openFront()
})
afterEach(() => front.clear())
after(() => front.close())

describe('a share of an operation', { timeout: 20_000 }, () => {
  const setRoute = (operation: string, body: object, as: { token: string }) =>
    front.ask(`/gateway/routes/${operation}`, { method: 'PUT', body, as })
  let admin: { token: string }
  let elsewhere: Impostor
  before(async () => {
    admin = await front.issuer.user(['admin'])
    // It stands for a system of somebody else, at an address that no registry knows.
    elsewhere = await startImpostor(front.databaseUrl, 'somebody-else', replyWith({ from: 'elsewhere' }))
  })
  after(() => elsewhere.close())
  afterEach(async () => {
    await front.ask('/gateway/routes/shared.look', { method: 'DELETE', as: admin })
  })

  const from = async (at = front.door, as?: { token: string }): Promise<string> =>
    (await front.ask('/shared/things/a', { at, ...(as && { as }) })).body.from

  it('goes to another target within a second, at every gateway, and comes back', async () => {
    await front.impostor('shared', replyWith({ from: 'service' }))
    const second = await front.gateway()
    await known(second, 'shared', 1)
    assert.deepEqual([await from(), await from(second)], ['service', 'service'])

    const set = await setRoute('shared.look', { target: elsewhere.url, share: 100 }, admin)

    assert.equal(set.status, 200)
    for (const at of [front.door, second]) await until(async () => (await from(at)) === 'elsewhere', 1_000)
    const other = await front.ask('/shared/things', { method: 'POST' })
    assert.equal(other.body.from, 'service')
    await front.ask('/gateway/routes/shared.look', { method: 'DELETE', as: admin })
    for (const at of [front.door, second]) await until(async () => (await from(at)) === 'service', 1_000)
  })

  it('is the same accounts each time', async () => {
    await front.impostor('shared', replyWith({ from: 'service' }))
    const users = await Promise.all(Array.from({ length: 60 }, () => front.issuer.user()))
    await setRoute('shared.look', { target: elsewhere.url, share: 50 }, admin)
    await until(
      async () => (await Promise.all(users.map((user) => from(front.door, user)))).includes('elsewhere'),
      1_000,
    )

    const first = await Promise.all(users.map((user) => from(front.door, user)))
    const again = await Promise.all(users.map((user) => from(front.door, user)))

    assert.deepEqual(again, first)
    const gone = first.filter((name) => name === 'elsewhere').length
    assert.ok(gone > 10 && gone < 50, `${gone} of 60 went elsewhere`)
  })

  it('cannot be more than all', async () => {
    await setRoute('shared.look', { target: 'http://one.example', share: 60 }, admin)
    const more = await setRoute('shared.look', { target: 'http://two.example', share: 41 }, admin)
    const over = await setRoute('shared.look', { target: 'http://one.example', share: 101 }, admin)

    assert.deepEqual(
      [more.status, more.body.code],
      [gateway.errors.routeSharesExceeded?.status, 'route_shares_exceeded'],
    )
    assert.deepEqual([over.status, Object.keys(over.body.errors)], [422, ['share']])
    const { body: routes } = await front.ask('/gateway/routes', { as: admin })
    assert.deepEqual(
      routes.map(({ target, share }: { target: string; share: number }) => [target, share]),
      [['http://one.example', 60]],
    )
  })

  it('is for administrators to set', async () => {
    const user = await front.issuer.user(['seller'])

    const refused = await setRoute('shared.look', { target: elsewhere.url, share: 100 }, user)

    assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden'])
  })
})
