import { randomInt } from 'node:crypto'

/** Random digits of a number: ten million numbers a day. */
const DIGITS = 7
/** After this many collisions, an order gets a long number. */
const MAX_SHORT_DRAWS = 5
const LONG_DIGITS = 11

/** The number for the nth draw of an order. When the database refuses it as taken, the caller draws again. */
export function drawOrderNumber(draw: number): string {
  const digits = draw <= MAX_SHORT_DRAWS ? DIGITS : LONG_DIGITS
  return newOrderNumber(new Date(), randomInt(10 ** digits), digits)
}

/**
 * A number that can be read out over the telephone: the date in Korea, random digits and a check digit (Luhn,
 * ISO/IEC 7812-1, over all digits), such as `261121-4827-1934`. It does not reveal the number of orders.
 */
export function newOrderNumber(now: Date, random: number, digits = DIGITS): string {
  const all = `${koreanDate(now)}${String(random).padStart(digits, '0')}`
  const groups = (all + checkDigit(all)).match(/^\d{6}|\d{4}/g) as string[]
  return groups.join('-')
}

/** Verifies the form and the check digit, so that a misheard number is noticed before it is looked up. */
export function isOrderNumber(text: string): boolean {
  const digits = text.replaceAll('-', '')
  return /^\d{6}(-\d{4}){2,3}$/.test(text) && checkDigit(digits.slice(0, -1)) === digits.at(-1)
}

/** Korea is UTC+9 all year. A time zone of `Intl` would cost every process 25 ms at its start. */
const KOREA_AHEAD_OF_UTC_MS = 9 * 3_600_000

function koreanDate(now: Date): string {
  const inKorea = new Date(now.getTime() + KOREA_AHEAD_OF_UTC_MS)
  return inKorea.toISOString().slice(2, 10).replaceAll('-', '')
}

function checkDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}
