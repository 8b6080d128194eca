/** Writes one article: from its subject to its Markdown. */
import { capital, fill, type Gaps, nounOf, oneOf, type Sentence } from './language.ts'
import { type Locale, MATERIAL, section, type Theme } from './material.ts'

/** The subject of an article; its comments share it. */
export interface Subject {
  locale: Locale
  theme: Theme
  gaps: Gaps
  /** Of the thing, the other and the third, in won. */
  prices: readonly number[]
  /** Number of things that a list in the article names; the title may contain the word for it. */
  count: number
}

export interface Text {
  title: string
  description: string
  body: string
  tags: string[]
}

const KINDS: readonly ((pen: Pen) => string[])[] = [
  story,
  story,
  story,
  guide,
  guide,
  comparison,
  comparison,
  diary,
  interview,
  interview,
  request,
]

export function chooseSubject(locale: Locale, next: () => number): Subject {
  const { themes, persons, spans, counts } = MATERIAL[locale]
  const theme = themes[Math.floor(next() ** 1.3 * themes.length)] as Theme
  const [thing, other, third] = deal(oneOf(theme.kinds, next), 3, next)
  const place = Math.floor(next() * counts.length)
  const prices = choosePrices(theme.price, next)
  const gaps = {
    thing,
    other,
    third,
    person: oneOf(persons, next),
    span: oneOf(spans, next),
    count: counts[place],
    topic: nounOf(theme.tags[0] as string),
    price: nounOf(inWon(prices[0], locale)),
  } as Gaps
  return { locale, theme, gaps, prices, count: place + 3 }
}

export function writeArticle(subject: Subject, next: () => number): Text {
  const pen = new Pen(subject, next)
  const title = chooseTitle(pen)
  const description = pen.write('any descriptions') + (next() < 0.3 ? ` ${pen.write('any descriptions')}` : '')
  const blocks = oneOf(KINDS, next)(pen)
  return { title, description, body: `${blocks.join('\n\n')}\n`, tags: chooseTags(subject, next) }
}

/** Every second title gets a second half, so that few titles repeat. */
function chooseTitle(pen: Pen): string {
  const title = pen.write(pen.next() < 0.6 ? 'titles' : 'any titles')
  if (pen.next() < 0.5) return title
  return `${title} – ${pen.write('any subtitles', { capitals: false })}`
}

/** Writes in the commenter's language, which may differ from the article's. */
export function writeComment(subject: Subject, locale: Locale, next: () => number): string {
  if (locale !== subject.locale) {
    const sentences = section(MATERIAL[locale].any, 'foreign')
    return fill(oneOf(sentences, next), subject.gaps, next)
  }
  const pen = new Pen(subject, next)
  const kind = next()
  if (kind < 0.35) return pen.write('comments')
  if (kind < 0.7) return pen.write('any comments')
  return kind < 0.9
    ? `${pen.write('any comments')} ${pen.write('comments')}`
    : `${pen.write('comments')}\n\n${pen.write('any comments')}`
}

/** Writes from the sections of a subject, and never the same sentence twice. */
class Pen {
  readonly subject: Subject
  readonly next: () => number
  readonly #left = new Map<string, Sentence[]>()

  constructor(subject: Subject, next: () => number) {
    this.subject = subject
    this.next = next
  }

  /** Writes a sentence of a section of the theme or, after `any `, of a section that fits every theme. */
  write(name: string, { capitals = true } = {}): string {
    const text = fill(this.#take(name), this.subject.gaps, this.next)
    return capitals ? capital(text) : text
  }

  /** Writes this many passages, each a paragraph. */
  passages(count: number): string[] {
    return Array.from({ length: count }, () => this.write('passages'))
  }

  heading(name: string, level = 2): string {
    return `${'#'.repeat(level)} ${this.write(`any ${name}-headings`)}`
  }

  /** Writes a general sentence about ordering or wear, if that suits the theme, or else about details. */
  detail(): string {
    const { lasting, ordered } = this.subject.theme
    const place = this.next()
    if (ordered && place < 0.35) return this.write('any ordering')
    return this.write(lasting && place > 0.8 ? 'any lasting' : 'any details')
  }

  tips(mark: (place: number) => string): string {
    return Array.from({ length: this.subject.count }, (_, place) => `${mark(place)} ${this.write('tips')}`).join('\n')
  }

  #take(name: string): Sentence {
    const left = this.#left.get(name) ?? this.#open(name)
    const place = Math.floor(this.next() * left.length)
    const taken = left[place]
    if (!taken) throw new Error(`An article wants more “${name}” than there are.`)
    left[place] = left.at(-1) as Sentence
    left.pop()
    return taken
  }

  #open(name: string): Sentence[] {
    const { locale, theme } = this.subject
    const sentences = name.startsWith('any ')
      ? section(MATERIAL[locale].any, name.slice(4))
      : section(theme.sentences, name)
    const left = [...sentences]
    this.#left.set(name, left)
    return left
  }
}

function story(pen: Pen): string[] {
  return [
    pen.write('openings'),
    pen.detail(),
    pen.heading('story'),
    ...pen.passages(2),
    pen.detail(),
    ...(pen.next() < 0.4 ? [quote(pen)] : []),
    ...pen.passages(1),
    pen.heading('trouble'),
    pen.write('troubles'),
    ...(pen.next() < 0.5 ? pen.passages(1) : [pen.detail()]),
    pen.heading('story'),
    ...pen.passages(1),
    pen.detail(),
    pen.detail(),
    pen.write('any closings'),
  ]
}

function guide(pen: Pen): string[] {
  return [
    pen.write('openings'),
    pen.detail(),
    ...pen.passages(1),
    pen.heading('tip'),
    pen.tips((place) => `${place + 1}.`),
    pen.write('any bridges'),
    pen.heading('story'),
    ...pen.passages(2),
    pen.write('troubles'),
    pen.detail(),
    pen.detail(),
    ...pen.passages(1),
    pen.write('any closings'),
  ]
}

function comparison(pen: Pen): string[] {
  return [
    pen.write('openings'),
    pen.detail(),
    pen.detail(),
    pen.heading('compare'),
    table(pen),
    ...pen.passages(2),
    pen.detail(),
    pen.heading('trouble'),
    pen.write('troubles'),
    ...(pen.next() < 0.5 ? [pen.heading('tip'), pen.tips(() => '-')] : pen.passages(2)),
    pen.detail(),
    pen.write('any closings'),
  ]
}

function diary(pen: Pen): string[] {
  const moments = pen.write('any diary-headings').split(' / ')
  const [first, second, third] = moments.map((moment) => `### ${moment}`) as [string, string, string]
  return [
    pen.write('openings'),
    pen.detail(),
    first,
    ...pen.passages(1),
    pen.detail(),
    second,
    pen.write('troubles'),
    ...pen.passages(1),
    ...(pen.next() < 0.4 ? [quote(pen)] : []),
    third,
    pen.detail(),
    ...pen.passages(2),
    pen.detail(),
    pen.write('any closings'),
  ]
}

function interview(pen: Pen): string[] {
  const answered = () => {
    const [question, answer] = pen.write('any questions').split(' / ')
    return `**${question}**\n\n${answer}`
  }
  return [
    pen.write('openings'),
    pen.detail(),
    ...pen.passages(1),
    answered(),
    answered(),
    ...pen.passages(2),
    answered(),
    pen.write('troubles'),
    ...(pen.next() < 0.5 ? [pen.heading('tip'), pen.tips(() => '-')] : [quote(pen), ...pen.passages(1)]),
    pen.detail(),
    pen.write('any closings'),
  ]
}

function request(pen: Pen): string[] {
  return [
    pen.write('openings'),
    pen.detail(),
    ...pen.passages(1),
    pen.heading('trouble'),
    pen.write('troubles'),
    pen.write('troubles'),
    pen.heading('tip'),
    pen.tips(() => '-'),
    ...pen.passages(2),
    pen.detail(),
    pen.detail(),
    pen.heading('ask'),
    pen.write('any asks'),
  ]
}

function quote(pen: Pen): string {
  return `> ${pen.write('any quotes')}`
}

function table(pen: Pen): string {
  const { gaps, prices, locale } = pen.subject
  const heads = pen.write('any table-heads').split(' / ')
  const rows = ['thing', 'other', 'third'].map((name, place) => [
    capital(gaps[name]?.one as string),
    inWon(prices[place] as number, locale),
    pen.write(place === 0 ? 'any winners' : 'any verdicts'),
  ])
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Chooses one to four tags. A theme's first tags come far more often than its last. */
function chooseTags({ locale, theme }: Subject, next: () => number): string[] {
  const general = MATERIAL[locale].tags
  const tags = new Set<string>()
  for (let left = 1 + Math.floor(next() * 4); left > 0; left--) {
    const list = tags.size > 0 && next() < 0.3 ? general : theme.tags
    tags.add(list[Math.floor(next() ** 2 * list.length)] as string)
  }
  return [...tags]
}

/** The second is the cheapest, because articles say so. */
function choosePrices(around: number, next: () => number): [number, number, number] {
  const price = around * (0.6 + next() ** 2 * 1.2)
  const other = price * (0.6 + next() * 0.3)
  return [price, other, other + price * (0.1 + next() * 0.5)]
}

function inWon(amount: number, locale: Locale): string {
  const rounded = Math.round(amount / 500) * 500
  const digits = `${Math.floor(rounded / 1_000)},${String(rounded % 1_000).padStart(3, '0')}`
  return locale === 'ko' ? `${digits}원` : `${digits} won`
}

function deal<T>(list: readonly T[], count: number, next: () => number): T[] {
  const left = [...list]
  return Array.from({ length: count }, () => left.splice(Math.floor(next() * left.length), 1)[0] as T)
}
