import { LANGUAGE_NAMES } from './catalogue.ts'
import { chooseLanguage, useLanguage } from './language.ts'

/** Switches to the other language, named in that language. */
export function LanguageButton({ className }: { className: string }) {
  const other = useLanguage() === 'ko' ? 'en' : 'ko'
  return (
    <button type="button" lang={other} onClick={() => chooseLanguage(other)} className={className}>
      {LANGUAGE_NAMES[other]}
    </button>
  )
}
