/** Names that people know each other by: how they are kept, and when two of them are the same to a reader. */
import { randomBytes } from 'node:crypto'
import { usernameReserved } from './errors.ts'

/** As it is kept: composed, and with single blanks between words. */
export function tidy(name: string): string {
  return name.normalize('NFC').replace(/\s+/g, ' ').trim()
}

/** Names are found by this: capital letters and composition make no difference. */
export function nameKey(username: string): string {
  return username.normalize('NFC').toLowerCase()
}

// Letters of other scripts that are drawn like Latin ones: the part of Unicode's confusables (UTS 39) that people can read
// for letters of a name. Those of one script, like 1 and l, are told apart.
const LOOK_ALIKES: Readonly<Record<string, string>> = Object.fromEntries([
  ...pairs('АВЕЅІЈКМНОРСТУХ', 'ABESIJKMHOPCTYX'),
  ...pairs('аеорсухѕіјӏһԁԛԝѵ', 'aeopcyxsijlhdqwv'),
  ...pairs('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'),
  ...pairs('αικνορτυγω', 'aikvoptuyw'),
  ...pairs('օսհոց', 'ouhng'),
  ...pairs('ıɑɡɩ', 'iagi'),
])

/** Two names with the same skeleton look the same: width, capitals, invisible characters and foreign letters are gone. */
export function skeleton(username: string): string {
  const seen = username.normalize('NFKC').replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
  const latin = [...seen].map((letter) => LOOK_ALIKES[letter] ?? letter).join('')
  // By way of the capitals, so that ß is ss.
  return tidy(latin.toUpperCase().toLowerCase().normalize('NFKC'))
}

const RESERVED: ReadonlySet<string> = new Set(
  [
    ['.', '..', 'me', 'you', 'null', 'undefined', 'anonymous', 'guest', 'user', 'member', 'withdrawn'],
    [
      'admin',
      'administrator',
      'root',
      'system',
      'doran',
      'official',
      'operator',
      'moderator',
      'staff',
      'support',
      'help',
    ],
    ['관리자', '운영자', '운영팀', '고객센터', '도란', '도란도란', '시스템'],
  ].flat(),
)

/** Throws `username_reserved` for names of the system and of whoever runs it, and for names that Doran makes itself. */
export function assertNotReserved(username: string): void {
  const plain = skeleton(username)
  if (RESERVED.has(plain) || /^(member|withdrawn)-/.test(plain)) throw usernameReserved()
}

/** A name that tells nothing of its bearer and that nobody can foresee, so that nobody can take it before. */
export function generatedName(prefix: 'member' | 'withdrawn'): string {
  return `${prefix}-${randomBytes(8).toString('hex')}`
}

function pairs(foreign: string, latin: string): [string, string][] {
  return [...foreign].map((letter, index) => [letter, latin[index] as string])
}
