/** AES-256-GCM: nonce (12 bytes), tag (16), ciphertext. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const NONCE = 12
const TAG = 16

/** `label` is not kept; the same one opens it again, so sealed values cannot change places. */
export function seal(plain: Buffer, secret: Buffer, label: string): Buffer {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', secret, nonce, { authTagLength: TAG }).setAAD(Buffer.from(label))
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext])
}

/** Throws when it was sealed with another secret or label, or changed since. */
export function unseal(sealed: Buffer, secret: Buffer, label: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, NONCE), { authTagLength: TAG })
    .setAAD(Buffer.from(label))
    .setAuthTag(sealed.subarray(NONCE, NONCE + TAG))
  return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()])
}
