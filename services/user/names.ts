/** Public names: how they are stored, and when two of them look the same to a reader. */
import { randomBytes } from 'node:crypto'
import { usernameReserved } from './errors.ts'

/** The stored form: Unicode NFC, with single spaces between words. */
export function normaliseName(name: string): string {
  return name.normalize('NFC').replace(/\s+/g, ' ').trim()
}

/** The key for finding a member by name, without regard to case and Unicode composition. */
export function nameKey(username: string): string {
  return username.normalize('NFC').toLowerCase()
}

// Letters of other scripts that look like Latin ones: the part of Unicode's confusables (UTS 39) that readers take for
// letters of a name. Characters that look alike within one script, such as 1 and l, stay different.
const LOOK_ALIKES: Readonly<Record<string, string>> = Object.fromEntries([
  ...pairs('АВЕЅІЈКМНОРСТУХ', 'ABESIJKMHOPCTYX'),
  ...pairs('аеорсухѕіјӏһԁԛԝѵ', 'aeopcyxsijlhdqwv'),
  ...pairs('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'),
  ...pairs('αικνορτυγω', 'aikvoptuyw'),
  ...pairs('օսհոց', 'ouhng'),
  ...pairs('ıɑɡɩ', 'iagi'),
])

/**
 * Two names with the same skeleton look the same. It ignores width, case and invisible characters, and replaces letters
 * of other scripts by the Latin ones that they look like.
 */
export function skeleton(username: string): string {
  const seen = username.normalize('NFKC').replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
  const latin = [...seen].map((letter) => LOOK_ALIKES[letter] ?? letter).join('')
  // Upper case first, because that turns ß into SS.
  return normaliseName(latin.toUpperCase().toLowerCase().normalize('NFKC'))
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

/**
 * Throws `username_reserved` for names of the system and its operators, and for names like those that Doran generates.
 */
export function assertNotReserved(username: string): void {
  const plain = skeleton(username)
  if (RESERVED.has(plain) || /^(member|withdrawn)-/.test(plain)) throw usernameReserved()
}

/** A random name. It reveals nothing about the user, and nobody can predict it and take it first. */
export function generatedName(prefix: 'member' | 'withdrawn'): string {
  return `${prefix}-${randomBytes(8).toString('hex')}`
}

function pairs(foreign: string, latin: string): [string, string][] {
  return [...foreign].map((letter, index) => [letter, latin[index] as string])
}
