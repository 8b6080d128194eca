/**
 * The subjects to write about, read from the text files in this folder. The first lines of each file show its format.
 */
import { readFileSync } from 'node:fs'
import { type Noun, nounOf, parse, type Sentence } from './language.ts'

export type Locale = 'ko' | 'en'

export interface Theme {
  /** False for things that are used up: no article tells how long they lasted. */
  lasting: boolean
  /** False for things from a stall or a neighbour: they have neither reviews nor a parcel. */
  ordered: boolean
  /** Prices are around this many won. */
  price: number
  /** Each kind lists things that a buyer would choose between. */
  kinds: readonly (readonly Noun[])[]
  tags: readonly string[]
  sentences: Sections
}

export interface Material {
  themes: readonly Theme[]
  /** Sentences that fit every theme. */
  any: Sections
  tags: readonly string[]
  persons: readonly Noun[]
  spans: readonly Noun[]
  counts: readonly Noun[]
  names: Record<'first' | 'last' | 'family' | 'given', readonly string[]>
}

type Sections = Readonly<Record<string, readonly Sentence[]>>

const FOLDERS: Record<Locale, string> = { ko: 'korean', en: 'english' }
const FILES = ['home', 'table', 'leisure', 'shop']

export const MATERIAL: Readonly<Record<Locale, Material>> = { ko: readMaterial('ko'), en: readMaterial('en') }

/** Returns the sentences of a section. Throws if there is none. */
export function section(sections: Sections, name: string): readonly Sentence[] {
  const sentences = sections[name]
  if (!sentences?.length) throw new Error(`The material has no “${name}”.`)
  return sentences
}

function readMaterial(locale: Locale): Material {
  const { sections } = readBlocks(locale, 'any')[0] as Block
  const words = (name: string) => commaList(sections[name]?.join(','))
  const nouns = (name: string) => words(name).map(nounOf)
  return {
    themes: FILES.flatMap((file) => readBlocks(locale, file)).map(themeOf),
    any: parseSections(sections),
    tags: words('tags'),
    persons: nouns('persons'),
    spans: nouns('spans'),
    counts: nouns('counts'),
    names: {
      first: words('first-names'),
      last: words('last-names'),
      family: words('family-names'),
      given: words('given-names'),
    },
  }
}

function themeOf({ fields, sections }: Block): Theme {
  return {
    lasting: fields.lasting?.[0] !== 'no',
    ordered: fields.ordered?.[0] !== 'no',
    price: Number(fields.price?.[0]),
    kinds: (fields.things ?? []).map((line) => commaList(line).map(nounOf)),
    tags: commaList(fields.tags?.[0]),
    sentences: parseSections(sections),
  }
}

/** Reads a `# theme` with its fields and its `## sections`, which have one sentence or short passage a line. */
function readBlocks(locale: Locale, file: string): Block[] {
  const text = readFileSync(new URL(`./${FOLDERS[locale]}/${file}.txt`, import.meta.url), 'utf8')
  return text
    .split(/^# .*\n/m)
    .slice(1)
    .map(blockOf)
}

function blockOf(text: string): Block {
  const [head = '', ...rest] = text.trim().split(/^## /m)
  const lines = head.split('\n').filter(Boolean)
  const fields = Object.groupBy(lines, (line) => line.split(':')[0] as string)
  const sections = rest.map((part) => {
    const [name = '', ...sentences] = part.trim().split('\n')
    return [name, sentences] as const
  })
  return { fields: mapValues(fields, (found) => found.map(afterColon)), sections: Object.fromEntries(sections) }
}

function parseSections(sections: Record<string, string[]>): Sections {
  return mapValues(sections, (lines) => lines.map(parse))
}

function mapValues<A, B>(from: Partial<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, change(value as A)]))
}

function afterColon(line: string): string {
  return line.slice(line.indexOf(':') + 1).trim()
}

function commaList(text = ''): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean)
}

interface Block {
  /** A field may take several lines. */
  fields: Record<string, string[]>
  sections: Record<string, string[]>
}
