/**
 * The keys that sign access tokens. They live in the database, so that all processes use the same ones. A new key is
 * published a day before it signs; an old one stays published until a day after its last token has expired. See
 * docs/decisions/0020.
 */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { type Context, type Database, newId, type Queryable, sql, type Transaction } from '@doran/kernel'
import { LONGEST_TOKEN_LIFE } from '@doran/kernel/identity'
import type { AuthConfig } from './config.ts'
import type { Key } from './contract.ts'
import { seal, unseal } from './seal.ts'

export type KeyContext = Pick<Context<unknown, AuthConfig>, 'db' | 'cache' | 'config'>

export interface SigningKey {
  id: string
  privateKey: KeyObject
}

interface EncryptionKey {
  /** A fingerprint, which identifies the key without revealing it. */
  name: string
  secret: Buffer
}

interface SealedKey {
  id: string
  privateKey: Buffer
}

const SECONDS_PER_DAY = 86_400
/** How long a key signs. */
const SIGNING_PERIOD_SECONDS = 30 * SECONDS_PER_DAY
/** How long a key is published before it first signs, and after its last token has expired. */
const OVERLAP_SECONDS = SECONDS_PER_DAY

/** The key that signs now. Creates one if there is none that this process can decrypt. */
export async function signingKey(ctx: KeyContext): Promise<SigningKey> {
  const encryption = await encryptionKey(ctx)
  const sealed = (await findSigningKey(ctx.db, encryption)) ?? (await createFirstKey(ctx.db, encryption))
  const privateKey = await ctx.cache.get(`private-key:${sealed.id}`, async () =>
    createPrivateKey({ key: unseal(sealed.privateKey, encryption.secret, sealed.id), format: 'der', type: 'pkcs8' }),
  )
  return { id: sealed.id, privateKey }
}

/** Every key that may have signed a valid token or will start to sign within a day. */
export async function publicKeys(ctx: KeyContext): Promise<Key[]> {
  await signingKey(ctx)
  const rows = await ctx.db.all<{ key: Key }>(sql`select public_key as key from auth.keys order by usable_from`)
  return rows.map(({ key }) => key)
}

/** Publishes the next key when it is due, and removes keys whose tokens have all expired. */
export async function rotateKeys(ctx: KeyContext): Promise<void> {
  const encryption = await encryptionKey(ctx)
  await ctx.db.transaction(async (tx) => {
    await lockKeys(tx)
    const { due } = await tx.one<{ due: boolean | null }>(sql`
      select max(usable_from) < now() - make_interval(secs => ${SIGNING_PERIOD_SECONDS - OVERLAP_SECONDS}) as due
      from auth.keys where sealed_by = ${encryption.name}`)
    if (due) await insertKey(tx, encryption, OVERLAP_SECONDS)
    await tx.run(sql`
      delete from auth.keys old where exists (
        select 1 from auth.keys newer where newer.usable_from > old.usable_from
        and newer.usable_from < now() - make_interval(secs => ${LONGEST_TOKEN_LIFE + OVERLAP_SECONDS}))`)
  })
}

function createFirstKey(db: Database, encryption: EncryptionKey): Promise<SealedKey> {
  return db.transaction(async (tx) => {
    await lockKeys(tx)
    return (await findSigningKey(tx, encryption)) ?? (await insertKey(tx, encryption, 0))
  })
}

/** Lets one process at a time create keys, without blocking readers. */
async function lockKeys(tx: Transaction): Promise<void> {
  await tx.run(sql`lock table auth.keys in share row exclusive mode`)
}

// Compares with clock_timestamp(), not now(): after waiting for the lock, a transaction must see the key that another
// process has just created, although that key is newer than the transaction's start.
function findSigningKey(db: Queryable, { name }: EncryptionKey): Promise<SealedKey | undefined> {
  return db.first<SealedKey>(sql`
    select id, private_key as "privateKey" from auth.keys
    where sealed_by = ${name} and usable_from <= clock_timestamp()
    order by usable_from desc limit 1`)
}

function insertKey(tx: Transaction, encryption: EncryptionKey, usableIn: number): Promise<SealedKey> {
  const id = newId()
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: id, alg: 'EdDSA', use: 'sig' }
  const sealed = seal(privateKey.export({ format: 'der', type: 'pkcs8' }), encryption.secret, id)
  return tx.one<SealedKey>(sql`
    insert into auth.keys (id, public_key, private_key, sealed_by, usable_from)
    values (${id}, ${sql.json(jwk)}, ${sealed}, ${encryption.name}, clock_timestamp() + make_interval(secs => ${usableIn}))
    returning id, private_key as "privateKey"`)
}

async function encryptionKey(ctx: KeyContext): Promise<EncryptionKey> {
  const configured = ctx.config.AUTH_ENCRYPTION_KEY
  const secret = configured
    ? Buffer.from(configured, 'base64')
    : await ctx.cache.get('encryption-key', () => encryptionKeyInDatabase(ctx.db))
  return {
    name: createHash('sha256').update('name of an encryption key').update(secret).digest('base64url').slice(0, 16),
    secret,
  }
}

/** The encryption key that the installation has generated. The first call creates it. */
async function encryptionKeyInDatabase(db: Queryable): Promise<Buffer> {
  await db.run(sql`insert into auth.encryption_key (secret) values (${randomBytes(32)}) on conflict do nothing`)
  return (await db.one<{ secret: Buffer }>(sql`select secret from auth.encryption_key`)).secret
}
