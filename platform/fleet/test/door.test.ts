/** Who may call the services of another process. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId, secretsIn } from '@doran/kernel'
import { TOKEN_ISSUER } from '@doran/kernel/identity'
import { kernelErrors, type Problem } from '@doran/kernel/platform'
import { createIssuer, createTestDatabase } from '@doran/kernel/testing'
import { SignJWT } from 'jose'
import { ServiceTokens } from '../service-token.ts'
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

  it('stays closed without a token, and for one with another secret, of another service or expired', async () => {
    const refused = [403, 'not_our_service']

    assert.deepEqual(await knock(), refused)
    assert.deepEqual(await knock('nonsense'), refused)
    assert.deepEqual(await knock(await sign({}, { secret: 'x'.repeat(32) })), refused)
    assert.deepEqual(await knock(await sign({}, { audience: 'shop' })), refused)
    assert.deepEqual(await knock(await sign({}, { expires: '1s ago' })), refused)
  })

  it('stays closed for a token that lasts for longer than calls need', async () => {
    assert.deepEqual(await knock(await sign({}, { expires: '5m' })), [200, undefined])
    assert.deepEqual(await knock(await sign({}, { expires: '1h' })), [403, 'not_our_service'])
  })

  it('opens for each of several secrets during a replacement, and not for one that is removed', async () => {
    const next = 'the secret that all processes of this fleet will share'
    const token = async (secret: string) => `Bearer ${await sign({}, { secret })}`
    const [before, during, after] = [[SECRET], [next, SECRET], [next]].map(
      (secrets) => new ServiceTokens(secretsIn(secrets.join(',\n'))),
    ) as [ServiceTokens, ServiceTokens, ServiceTokens]

    await assert.doesNotReject(during.verify('depot', await token(SECRET)))
    await assert.doesNotReject(during.verify('depot', await token(next)))
    await assert.doesNotReject(after.verify('depot', `Bearer ${await during.sign('depot', undefined)}`))
    await assert.rejects(before.verify('depot', await token(next)), kernelErrors.notOurService.is)
    await assert.rejects(after.verify('depot', await token(SECRET)), kernelErrors.notOurService.is)
  })

  it('checks the role of the user for whom a call acts', async () => {
    const calls = async (roles: string[]) => {
      const token = await new ServiceTokens([SECRET]).sign('depot', { id: newId(), session: newId(), roles })
      const headers = { authorization: `Bearer ${token}`, 'x-doran-timeout': '1000' }
      return (await send(`${member.url}/calls/depot/audit`, headers)).status
    }

    assert.equal(await calls(['auditor']), 200)
    assert.equal(await calls(['seller']), 403)
  })

  it('closes for a valid token when it expires', async () => {
    const token = await sign({}, { expires: '1s' })
    assert.deepEqual(await knock(token), [200, undefined])

    await until(async () => (await knock(token))[0] === 403, 2_500)
  })

  it('does not open for users, whatever their roles', async () => {
    const { token } = await issuer.user(['admin'])

    assert.deepEqual(await knock(token), [403, 'not_our_service'])
  })

  it('is the only way to an internal operation', async () => {
    const { token } = await issuer.user(['admin'])

    assert.equal((await send(`${member.url}/api/depot/look`, { authorization: `Bearer ${token}` })).status, 404)
  })
})
