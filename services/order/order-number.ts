import { randomInt } from 'node:crypto'

/**
 * A number that can be read out over the telephone: the date in Korea, seven random digits and a check digit
 * (Luhn, ISO/IEC 7812-1, over all digits), as `261121-4827-1934`. Ten million a day; the database refuses a
 * repetition and the caller draws again.
 */
export function newOrderNumber(now = new Date(), random = randomInt(10_000_000)): string {
  const digits = `${koreanDate(now)}${String(random).padStart(7, '0')}`
  const all = digits + checkDigit(digits)
  return `${all.slice(0, 6)}-${all.slice(6, 10)}-${all.slice(10)}`
}

/** Whether the check digit is right, so that a misheard number is noticed before it is looked up. */
export function isOrderNumber(text: string): boolean {
  const digits = text.replaceAll('-', '')
  return /^\d{6}-\d{4}-\d{4}$/.test(text) && checkDigit(digits.slice(0, -1)) === digits.at(-1)
}

const DATE_IN_KOREA = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Seoul',
  year: '2-digit',
  month: '2-digit',
  day: '2-digit',
})

function koreanDate(now: Date): string {
  return DATE_IN_KOREA.format(now).replaceAll('-', '')
}

function checkDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}
