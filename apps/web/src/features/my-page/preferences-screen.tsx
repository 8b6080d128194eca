import type { ReactNode } from 'react'
import { LANGUAGE_NAMES, LANGUAGES, type Language } from '../../language/catalogue.ts'
import { chooseLanguage, useLanguage, useMessages } from '../../language/language.ts'
import { themeMessages } from '../../theme/messages.ts'
import { chooseTheme, THEMES, useTheme } from '../../theme/theme.ts'
import { useChangeProfile } from './api/profile.ts'
import { myPageMessages } from './messages.ts'
import { SectionTitle } from './my-page.tsx'

export function PreferencesScreen() {
  const t = useMessages(myPageMessages)
  const language = useLanguage()
  const themes = useMessages(themeMessages)
  const theme = useTheme()
  const change = useChangeProfile()
  const speak = (next: Language) => {
    chooseLanguage(next)
    // The choice already applies here; a failure to save it for e-mails can be fixed later.
    change.mutate({ locale: next })
  }
  return (
    <>
      <SectionTitle title={t('preferences')}>{t('preferencesText')}</SectionTitle>
      <div className="space-y-8">
        <Choices title={t('language')}>
          {LANGUAGES.map((name) => (
            <Choice key={name} group="language" checked={language === name} onChoose={() => speak(name)}>
              <span lang={name}>{LANGUAGE_NAMES[name]}</span>
            </Choice>
          ))}
        </Choices>
        <Choices title={themes('theme')}>
          {THEMES.map((name) => (
            <Choice key={name} group="theme" checked={theme === name} onChoose={() => chooseTheme(name)}>
              {themes(name)}
            </Choice>
          ))}
        </Choices>
      </div>
    </>
  )
}

function Choices({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="mb-3 font-semibold">{title}</legend>
      <div className="flex flex-wrap gap-3">{children}</div>
    </fieldset>
  )
}

interface ChoiceProps {
  group: string
  checked: boolean
  onChoose: () => void
  children: ReactNode
}

function Choice({ group, checked, onChoose, children }: ChoiceProps) {
  return (
    <label className="flex min-h-13 min-w-32 cursor-pointer items-center gap-3 rounded-2xl border border-field-line bg-surface px-5 has-checked:border-brand has-checked:bg-brand-soft has-checked:text-on-brand-soft has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand">
      <input type="radio" name={group} checked={checked} onChange={onChoose} className="size-5 accent-brand" />
      <span className="font-semibold">{children}</span>
    </label>
  )
}
