import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Identity } from '@doran/kernel/platform'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { LONGEST_TOKEN_LIFE, TOKEN_ISSUER } from '../identity.ts'

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

/** `Bearer` and a token of the user `u`, issued at `issuedAt` seconds since the epoch. */
async function bearer(issuedAt: number, life = 600): Promise<string> {
  const token = await new SignJWT({ roles: [], sid: 's' })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k' })
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

  it('still holds after a great many others', async () => {
    const now = Date.now() / 1000
    const verifier = identity()
    verifier.revoke({ subject: 'user:u', issuedUntil: now })

    for (let other = 0; other < 20_000; other++) verifier.revoke({ subject: `session:${other}`, issuedUntil: now })

    await assert.rejects(verifier.authenticate(await bearer(now - 1)), { code: 'token_invalid' })
  })
})

describe('a token', () => {
  it('is refused when it is made to live longer than revocations are remembered', async () => {
    const now = Math.floor(Date.now() / 1000)
    const verifier = identity()

    await assert.rejects(verifier.authenticate(await bearer(now, LONGEST_TOKEN_LIFE + 1)), { code: 'token_invalid' })
    assert.equal((await verifier.authenticate(await bearer(now, LONGEST_TOKEN_LIFE)))?.session, 's')
  })
})
