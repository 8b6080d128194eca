/** The current language, and how it formats money, numbers and dates. */
import { useMemo, useSyncExternalStore } from 'react'
import { stored } from '../api/stored.ts'
import { type Catalogue, LANGUAGES, type Language, type Translate, translate } from './catalogue.ts'

const chosen = stored<Language>('doran.language')
chosen.subscribe(() => {
  document.documentElement.lang = currentLanguage()
})

/** The chosen language; else Korean for browsers that prefer it, else English. */
export function currentLanguage(): Language {
  const language = chosen.get() ?? (navigator.language.slice(0, 2) as Language)
  return LANGUAGES.includes(language) ? language : 'en'
}

export function chooseLanguage(language: Language): void {
  chosen.set(language)
}

export function useLanguage(): Language {
  return useSyncExternalStore(chosen.subscribe, currentLanguage)
}

/** The texts of a screen in the current language. */
export function useMessages<Texts extends Record<string, string>>(messages: Catalogue<Texts>): Translate<Texts> {
  const language = useLanguage()
  return useMemo(() => translate(messages, language), [messages, language])
}

/** The current language's version of a catalogue text. */
export interface Localised {
  readonly ko: string
  readonly en: string
}

/** Formatters of the current language. */
export function useFormat() {
  const language = useLanguage()
  return formats[language]
}

const formats = { ko: formatFor('ko'), en: formatFor('en') }

/** Formatters are created on first use: each takes long on a slow phone. */
function formatFor(language: Language) {
  const locale = language === 'ko' ? 'ko-KR' : 'en-GB'
  const dates = { dateStyle: 'long' } as const
  const dateTimes = { dateStyle: 'medium', timeStyle: 'short' } as const
  let date: Intl.DateTimeFormat | undefined
  let dateTime: Intl.DateTimeFormat | undefined
  const money = new Map<string, Intl.NumberFormat>()
  return {
    text: (text: Localised) => text[language],
    /** An amount in minor units of its currency. */
    money(amount: number, currency: string) {
      let format = money.get(currency)
      if (!format) {
        format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
        money.set(currency, format)
      }
      return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0))
    },
    number: (value: number) => value.toLocaleString(locale),
    /** From a timestamp of the API. */
    date(timestamp: string) {
      date ??= new Intl.DateTimeFormat(locale, dates)
      return date.format(new Date(timestamp))
    },
    dateTime(timestamp: string) {
      dateTime ??= new Intl.DateTimeFormat(locale, dateTimes)
      return dateTime.format(new Date(timestamp))
    },
  }
}
