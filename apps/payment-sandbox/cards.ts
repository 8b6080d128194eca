/** Cards that the sandbox knows; each shows one behaviour of a real provider. */
export interface TestCard {
  readonly number: string
  readonly about: { ko: string; en: string }
  /** The authorisation is refused with this error. */
  readonly decline?: { code: string; message: string }
  /** The first operation of this kind is executed, but the connection breaks before the answer. */
  readonly losesAnswerOf?: 'authorise' | 'capture' | 'refund'
  /** Milliseconds before the answer to an authorisation. */
  readonly delayMs?: number
  /** The buyer has to confirm with the bank first. */
  readonly challenge?: true
}

export const CARDS: readonly TestCard[] = [
  { number: '4242424242424242', about: { ko: '승인', en: 'approved' } },
  {
    number: '4000000000000002',
    about: { ko: '거절', en: 'declined' },
    decline: { code: 'card_declined', message: 'The bank declined the card.' },
  },
  {
    number: '4000000000009995',
    about: { ko: '잔액 부족', en: 'insufficient funds' },
    decline: { code: 'insufficient_funds', message: 'There is not enough money on the card.' },
  },
  { number: '4000000000003220', about: { ko: '은행 추가 인증', en: 'the bank asks to confirm' }, challenge: true },
  { number: '4000000000000077', about: { ko: '3초 지연', en: 'slow: three seconds' }, delayMs: 3_000 },
  {
    number: '4000000000000044',
    about: { ko: '승인 후 응답 유실', en: 'answer to the authorisation is lost' },
    losesAnswerOf: 'authorise',
  },
  {
    number: '4000000000000051',
    about: { ko: '매입 후 응답 유실', en: 'answer to the capture is lost' },
    losesAnswerOf: 'capture',
  },
  {
    number: '4000000000000069',
    about: { ko: '환불 후 응답 유실', en: 'answer to the refund is lost' },
    losesAnswerOf: 'refund',
  },
]

export function cardOf(number: string): TestCard | undefined {
  return CARDS.find((card) => card.number === number)
}

/** The invalid fields of the card form; empty when the card may be tried. */
export function mistakesIn(
  form: { number: string; expiry: string; cvc: string },
  now = new Date(),
): ('number' | 'expiry' | 'cvc')[] {
  const until = endOfMonth(form.expiry.trim())
  return [
    ...(isCardNumber(form.number) && cardOf(form.number) ? [] : ['number' as const]),
    ...(until > now.getTime() ? [] : ['expiry' as const]),
    ...(/^\d{3,4}$/.test(form.cvc.trim()) ? [] : ['cvc' as const]),
  ]
}

/**
 * The end of the month of expiry, in milliseconds UTC; 0 when the text is not a month. Reads `12/30`, `12 / 2030` and
 * `1230`: the digit pads of phones have no slash.
 */
function endOfMonth(expiry: string): number {
  const [, month, year] = /^(0[1-9]|1[0-2]) ?\/? ?(?:20)?(\d{2})$/.exec(expiry) ?? []
  return month ? Date.UTC(2000 + Number(year), Number(month)) : 0
}

/** Luhn, ISO/IEC 7812-1. */
function isCardNumber(number: string): boolean {
  if (!/^\d{12,19}$/.test(number)) return false
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
