import { LANGUAGE_NAMES } from './catalogue.ts'
import { chooseLanguage, useLanguage } from './language.ts'

/** Leads to the language that the pages do not speak at the moment, in its own words. */
export function LanguageButton({ className }: { className: string }) {
  const other = useLanguage() === 'ko' ? 'en' : 'ko'
  return (
    <button type="button" lang={other} onClick={() => chooseLanguage(other)} className={className}>
      {LANGUAGE_NAMES[other]}
    </button>
  )
}
