/** Who may call the services of a process from another one. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { TOKEN_ISSUER } from '@doran/kernel'
import type { Problem } from '@doran/kernel/platform'
import { createIssuer, createTestDatabase } from '@doran/kernel/testing'
import { SignJWT } from 'jose'
import { depotService, send } from './depot.ts'
import { type Member, SECRET, startMember, until } from './members.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let issuer: Awaited<ReturnType<typeof createIssuer>>
let member: Member

before(async () => {
  issuer = await createIssuer()
  database = await createTestDatabase([depotService()])
  member = await startMember({ services: [depotService()], databaseUrl: database.url, identity: issuer.source })
})
after(async () => {
  await member.close()
  await database.drop()
})

describe('the door for other processes', { timeout: 20_000 }, () => {
  const sign = (claims: object, { secret = SECRET, audience = 'depot', expires = '1m' } = {}) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(TOKEN_ISSUER)
      .setAudience(audience)
      .setExpirationTime(expires)
      .sign(new TextEncoder().encode(secret))
  const knock = async (token?: string) => {
    const authorization = token && { authorization: `Bearer ${token}` }
    const response = await send(`${member.url}/calls/depot/look`, { 'x-doran-timeout': '1000', ...authorization })
    return [response.status, ((await response.json()) as Problem).code]
  }

  it('opens with a token for this service', async () => {
    assert.deepEqual(await knock(await sign({})), [200, undefined])
  })

  it('stays closed without a token, and with one of another secret, for another service or past its time', async () => {
    const refused = [403, 'not_our_service']

    assert.deepEqual(await knock(), refused)
    assert.deepEqual(await knock('nonsense'), refused)
    assert.deepEqual(await knock(await sign({}, { secret: 'x'.repeat(32) })), refused)
    assert.deepEqual(await knock(await sign({}, { audience: 'shop' })), refused)
    assert.deepEqual(await knock(await sign({}, { expires: '1s ago' })), refused)
  })

  it('closes for a token that was good when its time is up', async () => {
    const token = await sign({}, { expires: '1s' })
    assert.deepEqual(await knock(token), [200, undefined])

    await until(async () => (await knock(token))[0] === 403, 2_500)
  })

  it('does not open for users, whatever they are', async () => {
    const { token } = await issuer.user(['admin'])

    assert.deepEqual(await knock(token), [403, 'not_our_service'])
  })

  it('is the only way to an internal operation', async () => {
    const { token } = await issuer.user(['admin'])

    assert.equal((await send(`${member.url}/api/depot/look`, { authorization: `Bearer ${token}` })).status, 404)
  })
})
