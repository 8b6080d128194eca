import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { newId, sql } from '@doran/kernel'
import { LONGEST_TOKEN_LIFE } from '@doran/kernel/identity'
import { ConfigError } from '@doran/kernel/platform'
import { runJob } from '@doran/kernel/testing'
import { decodeProtectedHeader } from 'jose'
import { auth } from '../contract.ts'
import { seal, unseal } from '../seal.ts'
import { type AuthPlatform, age, startAuth } from './auth-platform.ts'

const DAY_SECONDS = 86_400
const keyOf = (token: string) => decodeProtectedHeader(token).kid as string

async function published(platform: AuthPlatform): Promise<string[]> {
  const { keys } = await platform.api(auth).getJwks()
  return keys.map(({ kid }) => kid)
}

const rotate = (platform: AuthPlatform) => runJob(platform, 'auth/job:rotate-signing-keys')

describe('a signing key', () => {
  let platform: AuthPlatform
  before(async () => {
    platform = await startAuth()
  })
  after(() => platform.close())

  it('is published a day before it signs and kept until its tokens have expired', async () => {
    const first = await platform.member()
    const oldKey = keyOf(first.token)
    assert.deepEqual(await published(platform), [oldKey])

    await rotate(platform)
    assert.deepEqual(await published(platform), [oldKey])

    await age(platform, 'keys', 29 * DAY_SECONDS)
    await rotate(platform)
    const both = await published(platform)
    assert.equal(both.length, 2)
    assert.equal(keyOf((await platform.signIn(first.email)).body.accessToken), oldKey)

    await age(platform, 'keys', DAY_SECONDS)
    const { body: second } = await platform.signIn(first.email)
    const newKey = keyOf(second.accessToken)
    assert.deepEqual(both, [oldKey, newKey])
    assert.deepEqual([await platform.statusOf(first.token), await platform.statusOf(second.accessToken)], [200, 200])

    await rotate(platform)
    assert.deepEqual(await published(platform), [oldKey, newKey])
    await age(platform, 'keys', DAY_SECONDS + LONGEST_TOKEN_LIFE + 1)
    await rotate(platform)
    assert.deepEqual(await published(platform), [newKey])
  })

  it('is published without its private half', async () => {
    const { keys } = await platform.api(auth).getJwks()

    for (const key of keys) assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x'])
    assert.deepEqual((await platform.client(auth).getKeys()).keys, keys)
  })

  it('signs tokens that nobody can forge', async () => {
    const { accessToken } = await platform.member()
    const [header, claims, signature] = accessToken.split('.') as [string, string, string]
    const admin = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), roles: ['admin'] }
    const forged = Buffer.from(JSON.stringify(admin)).toString('base64url')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')

    for (const token of [`${header}.${forged}.${signature}`, `${none}.${forged}.`, `${none}.${forged}.${signature}`]) {
      assert.equal(await platform.statusOf(token), 401)
    }
  })
})

describe('several processes', () => {
  let one: AuthPlatform
  before(async () => {
    one = await startAuth()
  })
  after(() => one.close())

  it('agree on one key when all of them need the first one at once', async () => {
    await one.database('auth').run(sql`delete from auth.keys`)
    await one.database('auth').run(sql`delete from auth.encryption_key`)
    const two = await startAuth({ databaseUrl: one.url })
    await one.database('auth').run(sql`delete from auth.keys`)

    const sets = await Promise.all([one, two, one, two].map((platform) => platform.client(auth).getKeys()))

    assert.deepEqual([...new Set(sets.flatMap(({ keys }) => keys.map(({ kid }) => kid)))].length, 1)
    const someone = await one.member()
    assert.equal(await two.statusOf(someone.token), 200)
    await two.close()
  })

  it('still accept earlier tokens after an encryption key is set or changed', async () => {
    const someone = await one.member()
    const environment = { AUTH_ENCRYPTION_KEY: randomBytes(32).toString('base64') }

    const two = await startAuth({ databaseUrl: one.url, environment })
    const { body } = await two.signIn(someone.email)

    assert.notEqual(keyOf(body.accessToken), keyOf(someone.token))
    assert.equal(await two.statusOf(someone.token), 200)
    assert.equal(await two.statusOf(body.accessToken), 200)
    await two.close()
  })

  it('refuse to start with an invalid encryption key and do not print it', async () => {
    await assert.rejects(startAuth({ environment: { AUTH_ENCRYPTION_KEY: 'hunter2' } }), (error) => {
      assert.ok(error instanceof ConfigError)
      assert.match(error.message, /AUTH_ENCRYPTION_KEY must be 32 random bytes/)
      assert.ok(!error.message.includes('hunter2'))
      return true
    })
  })
})

describe('a private key', () => {
  it('is stored encrypted in the database', async () => {
    const platform = await startAuth({ environment: { AUTH_ENCRYPTION_KEY: randomBytes(32).toString('base64') } })
    await platform.member()

    const { sealed } = await platform.database('auth').one<{ sealed: Buffer }>(sql`
      select private_key as sealed from auth.keys`)

    // Every PKCS #8 encoding of an Ed25519 key contains this object identifier.
    assert.ok(!sealed.includes(Buffer.from('06032b6570', 'hex')))
    assert.equal((await platform.database('auth').all(sql`select 1 from auth.encryption_key`)).length, 0)
    await platform.close()
  })

  it('can be decrypted only unchanged and with the same secret and label', () => {
    const [secret, label, plain] = [randomBytes(32), newId(), Buffer.from('private')]
    const sealed = seal(plain, secret, label)

    assert.deepEqual(unseal(sealed, secret, label), plain)
    const changed = Buffer.from(sealed)
    changed[sealed.length - 1] = (changed.at(-1) as number) ^ 1
    assert.throws(() => unseal(sealed, randomBytes(32), label))
    assert.throws(() => unseal(sealed, secret, newId()))
    assert.throws(() => unseal(changed, secret, label))
  })
})
