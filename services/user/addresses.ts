/**
 * The address book. A user who has addresses has exactly one default address. Every change locks the profile, which
 * serialises concurrent changes.
 */
import { assertInput, newId, type Queryable, sql, type Transaction } from '@doran/kernel'
import { asWritten, CorrectAddress, postalCodeMistake } from './contract/address.ts'
import type { Address, NewAddress } from './contract.ts'
import { addressNotFound, postalCodeInvalid, tooManyAddresses } from './errors.ts'

export const MAX_ADDRESSES = 50

const columns = sql`
  id, recipient, phone, postal_code as "postalCode", line1, line2, country, is_default as "isDefault",
  created_at as "createdAt", updated_at as "updatedAt"`

/** Throws `validation_failed` and `postal_code_invalid`. */
export function assertValidAddress(address: NewAddress): void {
  assertInput(CorrectAddress, address)
  const mistake = postalCodeMistake(address)
  if (mistake) throw postalCodeInvalid({}, { postalCode: [mistake] })
}

export function listAddressesOf(db: Queryable, userId: string): Promise<Address[]> {
  return db.all<Address>(sql`
    select ${columns} from "user".addresses where user_id = ${userId} order by is_default desc, id desc`)
}

/** The profile must be locked. Throws `too_many_addresses`. */
export async function insertAddress(tx: Transaction, userId: string, address: NewAddress): Promise<Address> {
  const { count } = await tx.one<{ count: number }>(sql`
    select count(*) from "user".addresses where user_id = ${userId}`)
  if (count >= MAX_ADDRESSES) throw tooManyAddresses({ limit: MAX_ADDRESSES })
  const isDefault = address.isDefault || count === 0
  const { recipient, phone, postalCode, line1, line2 = null, country } = asWritten(address)
  if (isDefault) await clearDefault(tx, userId)
  return tx.one<Address>(sql`
    insert into "user".addresses
      (id, user_id, recipient, phone, postal_code, line1, line2, country, is_default)
    values (${newId()}, ${userId}, ${recipient}, ${phone}, ${postalCode}, ${line1}, ${line2}, ${country}, ${isDefault})
    returning ${columns}`)
}

/** The profile must be locked. Throws `address_not_found`. */
export async function replaceAddress(
  tx: Transaction,
  userId: string,
  addressId: string,
  address: NewAddress,
): Promise<Address> {
  if (address.isDefault) await clearDefault(tx, userId)
  const { recipient, phone, postalCode, line1, line2 = null, country } = asWritten(address)
  const row = await tx.first<Address>(sql`
    update "user".addresses set
      recipient = ${recipient}, phone = ${phone}, postal_code = ${postalCode},
      line1 = ${line1}, line2 = ${line2}, country = ${country},
      is_default = is_default or ${address.isDefault}, updated_at = now()
    where id = ${addressId} and user_id = ${userId}
    returning ${columns}`)
  if (!row) throw addressNotFound()
  return row
}

/** The profile must be locked. If it deletes the default, the newest remaining address becomes the default. */
export async function deleteAddress(tx: Transaction, userId: string, addressId: string): Promise<void> {
  const gone = await tx.first<{ wasDefault: boolean }>(sql`
    delete from "user".addresses where id = ${addressId} and user_id = ${userId}
    returning is_default as "wasDefault"`)
  if (!gone?.wasDefault) return
  await tx.run(sql`
    update "user".addresses set is_default = true
    where id = (select id from "user".addresses where user_id = ${userId} order by id desc limit 1)`)
}

/** The profile must be locked. */
export async function deleteAllAddresses(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`delete from "user".addresses where user_id = ${userId}`)
}

async function clearDefault(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`update "user".addresses set is_default = false where user_id = ${userId} and is_default`)
}
