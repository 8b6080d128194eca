/** Delivery addresses: the single definition, used by the address book, by orders and by the shop. */
import { Nullable, type Static, Type, UNPRINTABLE } from '@doran/kernel/contract'

/**
 * A delivery address in a request. `line2` may be absent or null; the postal code is empty in countries that have none.
 * Operations accept it only if it is a {@link CorrectAddress}.
 */
export const DeliveryAddress = Type.Object({
  recipient: Type.String({ maxLength: 100, description: 'One line of text' }),
  phone: Type.String({ description: 'A phone number like 010-1234-5678 or +1 (415) 555.0100' }),
  postalCode: Type.String({
    default: '',
    description: 'Five digits in Korea; at most ten letters and digits elsewhere; empty where there are none',
  }),
  line1: Type.String({ maxLength: 200, description: 'Road name and number' }),
  line2: Type.Optional(Nullable(Type.String({ maxLength: 200, description: 'Building, floor, flat' }))),
  country: Type.String({ pattern: '^[A-Z]{2}$', default: 'KR', errorMessage: 'must be an ISO 3166 code like KR' }),
})
export type DeliveryAddress = Static<typeof DeliveryAddress>

/** One line of text with something to be read in it. */
function line(maxLength: number) {
  return Type.String({
    maxLength,
    pattern: `^(?=.*[\\p{L}\\p{N}\\p{P}\\p{S}])[^${UNPRINTABLE}]*$`,
    errorMessage: `must be 1 to ${maxLength} characters on one line`,
  })
}

/**
 * The rules of a valid address; check it with `assertInput`. They are separate from the request schema, because the
 * public API may never change a pattern that it has published, and these rules may be extended.
 */
export const CorrectAddress = Type.Object({
  recipient: line(100),
  /** Digits with the usual separators, with or without a country code. */
  phone: Type.String({
    pattern: '^\\+?\\(?[0-9](?:[ .()-]{0,2}[0-9]){6,17}$',
    errorMessage: 'must be a phone number like 010-1234-5678',
  }),
  postalCode: Type.String({
    pattern: '^(?:[A-Za-z0-9](?:[A-Za-z0-9 -]{0,8}[A-Za-z0-9])?)?$',
    errorMessage: 'must be at most 10 letters and digits',
  }),
  line1: line(200),
  line2: Type.Optional(Nullable(line(200))),
})

/** Countries that use no postal codes, or in which many addresses have none. */
const WITHOUT_POSTAL_CODES: readonly string[] = (
  'AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GA GD GM GQ GY HK JM KI KM KN KP LC ML MO MR ' +
  'MW NR NU QA RW SB SC SL SR ST TD TF TG TK TO TV UG VU YE ZW'
).split(' ')

/** The known formats of postal codes. Those of other countries are accepted as they are. */
const POSTAL_CODES: Readonly<Record<string, { form: RegExp; expected: string }>> = {
  KR: { form: /^\d{5}$/, expected: 'must have five digits in Korea' },
}

/** Why the postal code is invalid for the country; undefined if it is valid or the country has none. */
export function postalCodeMistake({
  country,
  postalCode,
}: Pick<DeliveryAddress, 'country' | 'postalCode'>): string | undefined {
  const rule = POSTAL_CODES[country]
  if (rule) return rule.form.test(postalCode) ? undefined : rule.expected
  return postalCode || WITHOUT_POSTAL_CODES.includes(country) ? undefined : 'is missing'
}

/** The stored form: only the declared fields, the postal code in upper case, and no `line2` if it is empty. */
export function asWritten(address: DeliveryAddress): Omit<DeliveryAddress, 'line2'> & { line2?: string } {
  const { recipient, phone, postalCode, line1, line2, country } = address
  return { recipient, phone, postalCode: postalCode.toUpperCase(), line1, ...(line2 && { line2 }), country }
}
