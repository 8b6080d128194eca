/**
 * Sentences with gaps. A noun fills `{thing}`, and `(often|seldom)` is one of the two. The words around a gap agree
 * with the noun: `{thing|을}` chooses 을 or 를, `{a thing}` chooses a or an, `{things}` is the plural, and `{Thing}`
 * begins a sentence.
 */
export interface Noun {
  one: string
  many: string
}

export type Gaps = Readonly<Record<string, Noun>>
export type Sentence = readonly Part[]

type Form = 'one' | 'many' | 'a' | 'A' | 'capital'
type Part = string | { gap: string; form: Form; particle: string } | { alternatives: readonly Sentence[] }

const FORMS: readonly (readonly [RegExp, Form])[] = [
  [/^a (\w+)$/, 'a'],
  [/^A (\w+)$/, 'A'],
  [/^(thing|other)s$/, 'many'],
  [/^([A-Z]\w+)$/, 'capital'],
  [/^(\w+)$/, 'one'],
]

/** The form after a final consonant, and the form after a vowel. */
const PARTICLES: Readonly<Record<string, readonly [closed: string, open: string]>> = {
  은: ['은', '는'],
  이: ['이', '가'],
  을: ['을', '를'],
  과: ['과', '와'],
  으로: ['으로', '로'],
  이었습니다: ['이었습니다', '였습니다'],
}
const RIEUL = 8

export function parse(text: string): Sentence {
  const tokens = text.match(/\{[^}]*\}|\([^()]*\)|[^{}()]+/g) ?? []
  if (tokens.join('') !== text) throw new Error(`A bracket is open in “${text}”.`)
  return tokens.map((token) => {
    if (token.startsWith('{')) return parseGap(token.slice(1, -1))
    if (token.startsWith('(')) return { alternatives: splitAlternatives(token.slice(1, -1)).map(parse) }
    return token
  })
}

export function fill(sentence: Sentence, gaps: Gaps, next: () => number): string {
  let text = ''
  for (const part of sentence) {
    if (typeof part === 'string') text += part
    else if ('alternatives' in part) text += fill(oneOf(part.alternatives, next), gaps, next)
    else {
      const noun = gaps[part.gap]
      if (!noun) throw new Error(`Nothing fills {${part.gap}}.`)
      text += inForm(noun, part.form) + withParticle(noun.one, part.particle)
    }
  }
  return text
}

/** Returns the particle after a Korean word: 을 after 솥, 를 after 냄비. Other endings stay as they are. */
export function withParticle(word: string, particle: string): string {
  const pair = PARTICLES[particle]
  if (!pair) return particle
  const final = finalConsonant(word)
  const open = final === 0 || (particle === '으로' && final === RIEUL)
  return pair[open ? 1 : 0]
}

export function withArticle(noun: string): string {
  return `${/^(?:[aeio]|u(?!ni|se))/i.test(noun) ? 'an' : 'a'} ${noun}`
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function oneOf<T>(list: readonly T[], next: () => number): T {
  return list[Math.floor(next() * list.length)] as T
}

/** `box|es of pears` means a box of pears and boxes of pears; a word without a bar has one form. */
export function nounOf(text: string): Noun {
  const [stem = '', rest] = text.split('|')
  if (rest === undefined) return { one: text, many: text }
  const [ending = '', ...others] = rest.split(' ')
  const tail = others.length > 0 ? ` ${others.join(' ')}` : ''
  return { one: stem + tail, many: stem + ending + tail }
}

function parseGap(inside: string): Part {
  const [name = '', particle = ''] = inside.split('|')
  for (const [pattern, form] of FORMS) {
    const gap = pattern.exec(name)?.[1]
    if (gap) return { gap: gap.toLowerCase(), form, particle }
  }
  throw new Error(`“{${inside}}” is no gap.`)
}

/** Splits at the bars outside gaps. */
function splitAlternatives(text: string): string[] {
  return text.split(/\|(?![^{]*\})/)
}

function inForm(noun: Noun, form: Form): string {
  if (form === 'many') return noun.many
  if (form === 'a') return withArticle(noun.one)
  if (form === 'A') return capital(withArticle(noun.one))
  return form === 'capital' ? capital(noun.one) : noun.one
}

function finalConsonant(word: string): number {
  const place = word.charCodeAt(word.length - 1) - 0xac00
  return place >= 0 && place < 11_172 ? place % 28 : 0
}
