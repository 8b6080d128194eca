/** Texts in both languages are beside the screen that shows them, in its `messages.ts`. */

/** One text, or one for each plural category of the language (`Intl.PluralRules`), chosen by `count`. */
export type Message = string | { readonly one: string; readonly other: string }

export type Language = 'ko' | 'en'
export const LANGUAGES: readonly Language[] = ['ko', 'en']

/** Each language's name for itself. */
export const LANGUAGE_NAMES: Record<Language, string> = { ko: '한국어', en: 'English' }

/** Declares the texts of a screen: the same keys in both languages. `{name}` is a placeholder. */
export function catalogue<const Texts extends Record<string, string>>(messages: {
  readonly ko: Texts
  readonly en: { readonly [K in keyof Texts]: Message }
}): Catalogue<Texts> {
  return messages
}

export interface Catalogue<Texts extends Record<string, string> = Record<string, string>> {
  readonly ko: Texts
  readonly en: { readonly [K in keyof Texts]: Message }
}

type Gaps<Text> = Text extends `${string}{${infer Gap}}${infer Rest}` ? Gap | Gaps<Rest> : never

/** Translates a key: `t('inStock', { count: 3 })`. The compiler requires the values of the text's placeholders. */
export type Translate<Texts extends Record<string, string>> = <K extends keyof Texts>(
  key: K,
  ...values: [Gaps<Texts[K]>] extends [never] ? [] : [Record<Gaps<Texts[K]>, string | number>]
) => string

export function translate<Texts extends Record<string, string>>(
  messages: Catalogue<Texts>,
  language: Language,
): Translate<Texts> {
  return (key, ...given) => {
    const [values] = given as [Record<string, string | number>?]
    const message: Message = messages[language][key]
    const text = typeof message === 'string' ? message : message[pluralOf(Number(values?.count), language)]
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values?.[name]
      return typeof value === 'number' ? value.toLocaleString(language) : (value ?? '')
    })
  }
}

const rules = new Map<Language, Intl.PluralRules>()

function pluralOf(count: number, language: Language): 'one' | 'other' {
  const known = rules.get(language) ?? new Intl.PluralRules(language)
  rules.set(language, known)
  return known.select(count) === 'one' ? 'one' : 'other'
}
