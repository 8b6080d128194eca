/** Pictures and attributes: lists in one cell, one item per line, with a column per language. */
import type { Attribute, Image, Language, Name } from '../contract.ts'
import type { RowMessage } from './report.ts'

export interface FactSource {
  row: number
  cells: Readonly<Record<string, string>>
  has: (column: string) => boolean
  problem: (message: RowMessage) => void
}

/** Longer lists are refused in any case, so further lines are not read. */
const MAX_LINES = 100

/**
 * Without a column for a language, a picture keeps its stored text, and a new picture gets the other language's text.
 */
export function imagesOf(source: FactSource, stored: readonly Image[]): Image[] {
  const { cells, has } = source
  const urls = (has('images') ? linesOf(cells.images) : stored.map(({ url }) => url)).map((url) => url.trim())
  const lines = { ko: altsOf(source, 'ko', urls.length), en: altsOf(source, 'en', urls.length) }
  return urls.map((url, place) => {
    const known = stored.find((image) => image.url === url)?.alt
    const alt = (language: Language, other: Language) =>
      (lines[language]?.[place] ?? (lines[language] ? '' : (known?.[language] ?? lines[other]?.[place] ?? ''))).trim()
    return { url, alt: { ko: alt('ko', 'en'), en: alt('en', 'ko') } }
  })
}

/** One line per picture; undefined without the column. */
function altsOf({ row, cells, has, problem }: FactSource, language: Language, pictures: number): string[] | undefined {
  const column = `image_alts_${language}`
  if (!has(column)) return undefined
  const lines = (cells[column] ?? '').split('\n', MAX_LINES + 1)
  if (lines.slice(pictures).some((line) => line.trim() !== '')) {
    problem({ row, column, message: `has ${lines.length} lines, but there are ${pictures} pictures` })
  }
  return lines
}

export function attributesOf(source: FactSource, stored: readonly Attribute[]): Attribute[] {
  const { cells, has } = source
  const [korean, english] = [has('attributes_ko'), has('attributes_en')]
  if (korean && english) {
    const [ko, en] = [linesOf(cells.attributes_ko).map(pairOf), linesOf(cells.attributes_en).map(pairOf)]
    return Array.from({ length: Math.max(ko.length, en.length) }, (_, place) => joined(ko[place], en[place]))
  }
  if (korean) return withOther(source, 'ko', 'en', stored)
  return english ? withOther(source, 'en', 'ko', stored) : [...stored]
}

/**
 * Combines the file's language with the stored texts of the other one. They come from the attribute with the same text
 * or, failing that, at the same position. A new attribute has the same text in both languages.
 */
function withOther(
  { cells }: FactSource,
  language: Language,
  other: Language,
  stored: readonly Attribute[],
): Attribute[] {
  const pairs = linesOf(cells[`attributes_${language}`]).map(pairOf)
  return pairs.map(({ name, value }, place) => {
    const same = stored.find((fact) => fact.name[language] === name && fact.value[language] === value)
    const known = same ?? (pairs.length === stored.length ? stored[place] : undefined)
    return {
      name: { ...BLANK, [language]: name, [other]: known?.name[other] ?? name },
      value: { ...BLANK, [language]: value, [other]: known?.value[other] ?? value },
    }
  })
}

const BLANK: Name = { ko: '', en: '' }

interface Pair {
  name: string
  value: string
}

const NOTHING: Pair = { name: '', value: '' }

function joined(ko = NOTHING, en = NOTHING): Attribute {
  return { name: { ko: ko.name, en: en.name }, value: { ko: ko.value, en: en.value } }
}

function pairOf(line: string): Pair {
  const colon = line.indexOf(':')
  return { name: line.slice(0, Math.max(colon, 0)).trim(), value: line.slice(colon + 1).trim() }
}

function linesOf(cell = ''): string[] {
  return cell
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, MAX_LINES + 1)
}
