import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import gateway, { gatewayConfig, readRouteTargets } from '@doran/gateway'
import { sql } from '@doran/kernel'
import { readConfig } from '@doran/kernel/platform'
import { known, replyWith, slam, until } from '../../../platform/fleet/test/members.ts'
import { type Front, openFront } from './front.ts'

/** A foreign system, at an address that is not in the registry of services. */
const otherSystem = createServer(replyWith({ from: 'elsewhere' }))

let front: Front
let elsewhere: string
before(async () => {
  otherSystem.listen(0, '127.0.0.1')
  await once(otherSystem, 'listening')
  elsewhere = `http://127.0.0.1:${(otherSystem.address() as AddressInfo).port}`
  front = await openFront({ GATEWAY_ROUTE_TARGETS: `${elsewhere},http://one.example,http://two.example` })
})
afterEach(() => front.clear())
after(async () => {
  slam(otherSystem)
  await front.close()
})

describe('a share of an operation', { timeout: 20_000 }, () => {
  const setRoute = (operation: string, body: object, as: { token: string }) =>
    front.ask(`/gateway/routes/${operation}`, { method: 'PUT', body, as })
  let operator: { token: string }
  let admin: { token: string }
  before(async () => {
    operator = await front.issuer.user(['operator'])
    admin = await front.issuer.user(['admin'])
  })
  afterEach(async () => {
    await front.ask('/gateway/routes/shared.look', { method: 'DELETE', as: admin })
  })

  const from = async (at = front.door, as?: { token: string }): Promise<string> =>
    (await front.ask('/shared/things/a', { at, ...(as && { as }) })).body.from

  it('goes to another target within a second at every gateway, and can be taken back', async () => {
    await front.impostor('shared', replyWith({ from: 'service' }))
    const second = await front.gateway()
    await known(second, 'shared', 1)
    assert.deepEqual([await from(), await from(second)], ['service', 'service'])

    const set = await setRoute('shared.look', { target: elsewhere, share: 100 }, operator)

    assert.equal(set.status, 200)
    for (const at of [front.door, second]) await until(async () => (await from(at)) === 'elsewhere', 1_000)
    const other = await front.ask('/shared/things', { method: 'POST' })
    assert.equal(other.body.from, 'service')
    await front.ask('/gateway/routes/shared.look', { method: 'DELETE', as: admin })
    for (const at of [front.door, second]) await until(async () => (await from(at)) === 'service', 1_000)
  })

  it('contains the same accounts each time', async () => {
    await front.impostor('shared', replyWith({ from: 'service' }))
    const users = await Promise.all(Array.from({ length: 60 }, () => front.issuer.user()))
    await setRoute('shared.look', { target: elsewhere, share: 50 }, operator)
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

  it('cannot exceed 100 in total', async () => {
    await setRoute('shared.look', { target: 'http://one.example', share: 60 }, operator)
    const more = await setRoute('shared.look', { target: 'http://two.example', share: 41 }, operator)
    const over = await setRoute('shared.look', { target: 'http://one.example', share: 101 }, operator)

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

  it('can be set by operators, and seen and ended by administrators', async () => {
    const seller = await front.issuer.user(['seller'])
    const body = { target: elsewhere, share: 100 }

    const refused = await Promise.all([seller, admin].map((user) => setRoute('shared.look', body, user)))

    assert.deepEqual(
      refused.map(({ status, body }) => [status, body.code]),
      [
        [403, 'forbidden'],
        [403, 'operator_required'],
      ],
    )
    await setRoute('shared.look', body, operator)
    assert.equal((await front.ask('/gateway/routes', { as: admin })).body.length, 1)
    assert.equal((await front.ask('/gateway/routes/shared.look', { method: 'DELETE', as: admin })).status, 204)
  })

  it('never includes operations with passwords or the routes themselves', async () => {
    for (const operation of ['auth.signIn', 'auth.*', 'gateway.setRoute']) {
      const { status, body } = await setRoute(operation, { target: elsewhere, share: 1 }, operator)

      assert.deepEqual([status, body.code], [403, 'route_operation_fixed'])
    }
  })

  it('goes only to targets in the settings, whatever the table says', async () => {
    await front.impostor('shared', replyWith({ from: 'service' }))
    for (const target of ['http://169.254.169.254', 'http://localhost:1', `${elsewhere}0`, 'https://one.example']) {
      const { status, body } = await setRoute('shared.look', { target, share: 1 }, operator)
      assert.deepEqual([status, body.code, body.target], [403, 'route_target_not_listed', target])
    }

    await front.door.database('gateway').run(sql`
      insert into gateway.routes (operation, target, share) values ('shared.look', 'http://127.0.0.1:1', 100)`)
    const restarted = await front.gateway()
    await known(restarted, 'shared', 1)

    assert.equal(await from(restarted), 'service')
  })
})

describe('the setting of targets', () => {
  it('accepts only URLs without paths', () => {
    const read = (GATEWAY_ROUTE_TARGETS: string) =>
      readRouteTargets(readConfig([gatewayConfig], { GATEWAY_ROUTE_TARGETS })[0])

    assert.deepEqual([...read('https://Old.Example:443,http://b:80')], ['https://old.example', 'http://b'])
    assert.deepEqual([...read('')], [])
    for (const wrong of ['old.example', 'https://a/path', 'https://a,', 'https://user:pass@a', 'file:///etc/passwd']) {
      assert.throws(() => read(wrong), /GATEWAY_ROUTE_TARGETS must list URLs/)
    }
  })
})
