import { randomInt } from 'node:crypto'

/** Random digits of a number: ten million a day… */
const DIGITS = 7
/** …and, once so many draws were taken, digits that no day uses up. */
const DRAWS = 5
const MORE_DIGITS = 11

/** The number for the nth draw of an order; the database refuses one that is taken, and the caller draws again. */
export function drawOrderNumber(draw: number): string {
  const digits = draw <= DRAWS ? DIGITS : MORE_DIGITS
  return newOrderNumber(new Date(), randomInt(10 ** digits), digits)
}

/**
 * A number that can be read out over the telephone: the date in Korea, random digits and a check digit (Luhn,
 * ISO/IEC 7812-1, over all digits), as `261121-4827-1934`. It tells nobody how many orders there are.
 */
export function newOrderNumber(now: Date, random: number, digits = DIGITS): string {
  const all = `${koreanDate(now)}${String(random).padStart(digits, '0')}`
  const groups = (all + checkDigit(all)).match(/^\d{6}|\d{4}/g) as string[]
  return groups.join('-')
}

/** Whether the check digit is right, so that a misheard number is noticed before it is looked up. */
export function isOrderNumber(text: string): boolean {
  const digits = text.replaceAll('-', '')
  return /^\d{6}(-\d{4}){2,3}$/.test(text) && checkDigit(digits.slice(0, -1)) === digits.at(-1)
}

/** UTC+9 all year. A time zone of `Intl` costs every process 25 ms at its start. */
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
