/** Reads a product's options and each variant's values from rows that give values by code, by name or not at all. */
import type { Language, Name, Option } from '../contract.ts'
import type { StoredProduct } from '../products.ts'
import { LANGUAGES, OPTION_NUMBERS } from './columns.ts'
import type { SheetRow } from './format.ts'
import type { RowMessage } from './report.ts'

export interface OptionsAndCodes {
  options: Option[]
  /** For each row, the codes of its variant's values in the order of the options. */
  codes: string[][]
  /** For each option, its number in the columns. */
  numbers: number[]
}

export interface OptionSource {
  rows: readonly SheetRow[]
  skus: readonly string[]
  has: (column: string) => boolean
  before: StoredProduct | undefined
  /** Variants that the file does not name and that stay. */
  kept: StoredProduct['content']['variants']
  problem: (message: RowMessage) => void
}

export function readOptions(source: OptionSource): OptionsAndCodes {
  const numbers = OPTION_NUMBERS.filter((n) => exists(n, source))
  const read = numbers.map((n) => readOption(n, source))
  return {
    numbers,
    options: read.map(({ option }) => option),
    codes: source.rows.map((_, place) => read.map(({ codes }) => codes[place] ?? '')),
  }
}

/**
 * Whether the product has option `n`: it has a name in the file or, if the file has no column for names, it is stored.
 * Reports a value of an option without a name.
 */
function exists(n: number, { rows, has, before, problem }: OptionSource): boolean {
  const columns = [`option_${n}_code`, `option_${n}_value_ko`, `option_${n}_value_en`].filter(has)
  const named = LANGUAGES.map((language) => `option_${n}_name_${language}`).filter(has)
  const valued = rows.find(({ cells }) => columns.some((column) => cells[column]?.trim()))
  if (named.some((column) => rows[0]?.cells[column]?.trim())) return true
  if (named.length === 0 && before?.content.options[n - 1]) return true
  if (valued) {
    const column = columns.find((name) => valued.cells[name]?.trim()) ?? null
    problem({ row: valued.row, column, message: `has a value, but option ${n} of the product has no name` })
  }
  return false
}

function readOption(n: number, source: OptionSource): { option: Option; codes: string[] } {
  const { rows, has, before, kept, problem } = source
  const stored = before?.content.options[n - 1]
  const names = new ValueNames(n, source, stored)
  const codes = rows.map((row, place) => names.codeOf(row, source.skus[place] ?? ''))
  const inUse = new Set([...codes, ...kept.map(({ options }) => options[n - 1] ?? '')])
  const order = stored?.values.map(({ code }) => code) ?? []
  const rank = (code: string) => (order.includes(code) ? order.indexOf(code) : order.length)
  const nameOf = (language: Language) => {
    const [column, other] = [`option_${n}_name_${language}`, `option_${n}_name_${language === 'ko' ? 'en' : 'ko'}`]
    if (has(column)) return rows[0]?.cells[column] ?? ''
    return stored?.name[language] ?? rows[0]?.cells[other] ?? ''
  }
  if (!names.isRead && codes.includes('')) {
    const row = rows[codes.indexOf('')] as SheetRow
    const message = `is a new variant; the file has no column that says which ${nameOf('en') || `option ${n}`} it has`
    problem({ row: row.row, column: 'sku', message })
  }
  return {
    option: {
      name: { ko: nameOf('ko'), en: nameOf('en') },
      values: names
        .all()
        .filter(({ code }) => inUse.has(code))
        .sort((a, b) => rank(a.code) - rank(b.code)),
    },
    codes,
  }
}

interface Value {
  code: string
  name: Partial<Name>
  /** The row in which the file gives each name first. */
  rows: Partial<Record<Language, number>>
}

/** The values of one option by code: first the stored ones, then new ones in the order of the rows. */
class ValueNames {
  readonly isRead: boolean
  readonly #n: number
  readonly #source: OptionSource
  readonly #values = new Map<string, Value>()
  readonly #storedCodes: ReadonlyMap<string, string>
  readonly #storedNames: ReadonlyMap<string, Name>

  constructor(n: number, source: OptionSource, stored: Option | undefined) {
    this.#n = n
    this.#source = source
    this.#storedNames = new Map(stored?.values.map(({ code, name }) => [code, name]))
    this.#storedCodes = new Map(source.before?.content.variants.map(({ sku, options }) => [sku, options[n - 1] ?? '']))
    this.isRead = ['code', 'value_ko', 'value_en'].some((column) => source.has(`option_${n}_${column}`))
    for (const { code } of stored?.values ?? []) this.#values.set(code, { code, name: {}, rows: {} })
  }

  /** The code of the row's value; empty when neither the row nor the stored variant has one. */
  codeOf(row: SheetRow, sku: string): string {
    const given = this.#namesIn(row)
    const cell = row.cells[`option_${this.#n}_code`]?.trim() ?? ''
    const known = this.#storedCodes.get(sku)
    const code = cell || (this.isRead ? this.#codeByName(given, known) : (known ?? ''))
    if (code !== '') this.#name(code, given, row)
    return code
  }

  all(): Option['values'] {
    const { has } = this.#source
    return [...this.#values.values()].map(({ code, name }) => {
      const stored = this.#storedNames.get(code)
      const inLanguage = (language: Language, other: Language) =>
        name[language] ??
        (has(`option_${this.#n}_value_${language}`) && name[other] !== undefined
          ? ''
          : (stored?.[language] ?? name[other] ?? ''))
      return { code, name: { ko: inLanguage('ko', 'en'), en: inLanguage('en', 'ko') } }
    })
  }

  #namesIn({ cells }: SheetRow): Partial<Name> {
    const names: Partial<Name> = {}
    for (const language of LANGUAGES) {
      const cell = cells[`option_${this.#n}_value_${language}`]?.trim()
      if (this.#source.has(`option_${this.#n}_value_${language}`) && cell) names[language] = cell
    }
    return names
  }

  /** The code of the value with these names, preferably the variant's own; otherwise a new code. */
  #codeByName(given: Partial<Name>, own: string | undefined): string {
    if (given.ko === undefined && given.en === undefined) return ''
    const codes = [...(own ? [own] : []), ...this.#values.keys()]
    return codes.find((code) => this.#isCalled(code, given)) ?? this.#newCode(given)
  }

  #isCalled(code: string, given: Partial<Name>): boolean {
    const called = { ...this.#storedNames.get(code), ...this.#values.get(code)?.name }
    return LANGUAGES.every((language) => given[language] === undefined || given[language] === called[language])
  }

  /** Derives a code from the name that no other value has. */
  #newCode({ en, ko }: Partial<Name>): string {
    const base = slugOf(en ?? '') || slugOf(ko ?? '') || 'value'
    for (let count = 1; ; count++) {
      const code = count === 1 && base !== 'value' ? base : `${base}-${count}`
      if (!this.#values.has(code)) return code
    }
  }

  #name(code: string, given: Partial<Name>, { row }: SheetRow): void {
    const value = this.#values.get(code) ?? { code, name: {}, rows: {} }
    this.#values.set(code, value)
    for (const language of LANGUAGES) {
      const name = given[language]
      if (name === undefined) continue
      const first = value.rows[language]
      if (first === undefined) Object.assign(value, { name: { ...value.name, [language]: name } })
      else if (value.name[language] !== name) {
        const message = `is ${name}, but line ${first} calls the same code ${code} ${value.name[language]}; give each value a code of its own`
        this.#source.problem({ row, column: `option_${this.#n}_value_${language}`, message })
      }
      value.rows[language] ??= row
    }
  }
}

function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 56)
    .replace(/^-+|-+$/g, '')
}
