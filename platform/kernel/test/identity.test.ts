import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Identity } from '@doran/kernel/platform'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { ACCESS_TOKEN, LONGEST_TOKEN_LIFE, TOKEN_ISSUER } from '../serving/identity.ts'

let privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey']
let publicKey: JWK
before(async () => {
  const pair = await generateKeyPair('EdDSA')
  privateKey = pair.privateKey
  publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'EdDSA' }
})

function identity(): Identity {
  return new Identity({ keys: async () => ({ keys: [publicKey] }), revocations: async () => [] })
}

interface Kind {
  typ?: string
  aud?: string
}
const ACCESS: Kind = { typ: ACCESS_TOKEN.type, aud: ACCESS_TOKEN.audience }

/** `Bearer` and a token of the user `u`, issued at `issuedAt` seconds since the epoch. */
async function bearer(issuedAt: number, life = 600, { typ, aud }: Kind = ACCESS): Promise<string> {
  const token = await new SignJWT({ roles: [], sid: 's', ...(aud && { aud }) })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k', ...(typ && { typ }) })
    .setSubject('u')
    .setIssuer(TOKEN_ISSUER)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + life)
    .sign(privateKey)
  return `Bearer ${token}`
}

describe('a revocation', () => {
  it('refuses tokens issued up to its moment and none after it, within the same second', async () => {
    const second = Math.floor(Date.now() / 1000)
    const verifier = identity()
    const [earlier, at, later] = await Promise.all([0.25, 0.5, 0.500001].map((part) => bearer(second + part)))

    verifier.revoke({ subject: 'user:u', issuedUntil: second + 0.5 })

    await assert.rejects(verifier.authenticate(earlier), { code: 'token_invalid' })
    await assert.rejects(verifier.authenticate(at), { code: 'token_invalid' })
    assert.equal((await verifier.authenticate(later))?.id, 'u')
  })

  it('is not weakened by an older one that arrives later', async () => {
    const now = Date.now() / 1000
    const verifier = identity()
    verifier.revoke({ subject: 'session:s', issuedUntil: now })

    verifier.revoke({ subject: 'session:s', issuedUntil: now - 60 })

    await assert.rejects(verifier.authenticate(await bearer(now - 30)), { code: 'token_invalid' })
  })

  it('still holds after many others', async () => {
    const now = Date.now() / 1000
    const verifier = identity()
    verifier.revoke({ subject: 'user:u', issuedUntil: now })

    for (let other = 0; other < 20_000; other++) verifier.revoke({ subject: `session:${other}`, issuedUntil: now })

    await assert.rejects(verifier.authenticate(await bearer(now - 1)), { code: 'token_invalid' })
  })
})

describe('loading revocations', () => {
  it('skips those loaded before, except those whose transaction may have been open', async () => {
    const asked: (number | undefined)[] = []
    const verifier = new Identity({
      keys: async () => ({ keys: [publicKey] }),
      async revocations(since) {
        asked.push(since)
        return []
      },
    })
    const begun = Date.now() / 1_000

    await verifier.reload()
    await verifier.reload()

    assert.equal(asked[0], undefined)
    const overlap = begun - (asked[1] as number)
    assert.ok(overlap > 590 && overlap <= 600, `${overlap} s`)
  })

  it('asks for all of them until an answer comes', async () => {
    const asked: (number | undefined)[] = []
    const verifier = new Identity({
      keys: async () => ({ keys: [publicKey] }),
      async revocations(since) {
        asked.push(since)
        throw new Error('the auth service is away')
      },
    })

    await assert.rejects(verifier.reload())
    await assert.rejects(verifier.reload())

    assert.deepEqual([asked, verifier.loaded], [[undefined, undefined], false])
  })
})

describe('a token', () => {
  it('of another type or for another audience is refused, although we have signed it', async () => {
    const now = Date.now() / 1000
    const verifier = identity()
    const others: Kind[] = [
      { ...ACCESS, typ: 'JWT' },
      { ...ACCESS, aud: 'mail' },
      { typ: ACCESS_TOKEN.type },
      { aud: ACCESS_TOKEN.audience },
    ]

    for (const kind of others) {
      await assert.rejects(verifier.authenticate(await bearer(now, 600, kind)), { code: 'token_invalid' })
    }
  })

  it('of the previous version, without type and audience, is still valid', async () => {
    const token = await bearer(Date.now() / 1000, 600, {})

    assert.equal((await identity().authenticate(token))?.id, 'u')
  })

  it('is refused when it lives longer than revocations are kept', async () => {
    const now = Math.floor(Date.now() / 1000)
    const verifier = identity()

    await assert.rejects(verifier.authenticate(await bearer(now, LONGEST_TOKEN_LIFE + 1)), { code: 'token_invalid' })
    assert.equal((await verifier.authenticate(await bearer(now, LONGEST_TOKEN_LIFE)))?.session, 's')
  })
})
