/**
 * The keys that sign access tokens. They live in the database, so all processes use the same ones; a new one is
 * published a day before it is used, an old one until its last token has died. See docs/decisions/0020.
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
  /** Tells encryption keys apart without telling them. */
  name: string
  secret: Buffer
}

interface SealedKey {
  id: string
  privateKey: Buffer
}

const SECONDS_A_DAY = 86_400
/** A key signs for so long. */
const PERIOD = 30 * SECONDS_A_DAY
/** A key is known for so long before it signs and after its last token has died. */
const NOTICE = SECONDS_A_DAY

/** The key that signs now; made when there is none that this process can open. */
export async function signingKey(ctx: KeyContext): Promise<SigningKey> {
  const encryption = await encryptionKey(ctx)
  const sealed = (await findSigningKey(ctx.db, encryption)) ?? (await createFirstKey(ctx.db, encryption))
  const privateKey = await ctx.cache.get(`private-key:${sealed.id}`, async () =>
    createPrivateKey({ key: unseal(sealed.privateKey, encryption.secret, sealed.id), format: 'der', type: 'pkcs8' }),
  )
  return { id: sealed.id, privateKey }
}

/** All keys with which a token may have been signed or will be within a day. */
export async function publicKeys(ctx: KeyContext): Promise<Key[]> {
  await signingKey(ctx)
  const rows = await ctx.db.all<{ key: Key }>(sql`select public_key as key from auth.keys order by usable_from`)
  return rows.map(({ key }) => key)
}

/** Publishes the next key when its time comes, and removes those whose tokens have died. */
export async function rotateKeys(ctx: KeyContext): Promise<void> {
  const encryption = await encryptionKey(ctx)
  await ctx.db.transaction(async (tx) => {
    await lockKeys(tx)
    const { due } = await tx.one<{ due: boolean | null }>(sql`
      select max(usable_from) < now() - make_interval(secs => ${PERIOD - NOTICE}) as due
      from auth.keys where sealed_by = ${encryption.name}`)
    if (due) await insertKey(tx, encryption, NOTICE)
    await tx.run(sql`
      delete from auth.keys old where exists (
        select 1 from auth.keys newer where newer.usable_from > old.usable_from
        and newer.usable_from < now() - make_interval(secs => ${LONGEST_TOKEN_LIFE + NOTICE}))`)
  })
}

function createFirstKey(db: Database, encryption: EncryptionKey): Promise<SealedKey> {
  return db.transaction(async (tx) => {
    await lockKeys(tx)
    return (await findSigningKey(tx, encryption)) ?? (await insertKey(tx, encryption, 0))
  })
}

/** One process at a time makes keys; readers are not held up. */
async function lockKeys(tx: Transaction): Promise<void> {
  await tx.run(sql`lock table auth.keys in share row exclusive mode`)
}

// The clock is read anew for each statement: whoever waited for the lock must see the key that was made meanwhile.
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

/** The installation's own encryption key; the first to ask makes it. */
async function encryptionKeyInDatabase(db: Queryable): Promise<Buffer> {
  await db.run(sql`insert into auth.encryption_key (secret) values (${randomBytes(32)}) on conflict do nothing`)
  return (await db.one<{ secret: Buffer }>(sql`select secret from auth.encryption_key`)).secret
}
