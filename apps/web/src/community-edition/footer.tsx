import { useId } from 'react'
import { useMessages } from '../language/language.ts'
import { LanguageButton } from '../language/language-button.tsx'
import { themeMessages } from '../theme/messages.ts'
import { chooseTheme, THEMES, type Theme, useTheme } from '../theme/theme.ts'
import { editionMessages } from './messages.ts'

export function Footer() {
  const t = useMessages(editionMessages)
  return (
    <footer className="border-t border-line bg-sunken text-sm text-muted">
      <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-6 gap-y-3 px-4 py-8 sm:px-6 lg:px-8">
        <p className="mr-auto">{t('about')}</p>
        <ThemeField />
        <LanguageButton className="min-h-11 underline underline-offset-4 hover:text-ink" />
      </div>
    </footer>
  )
}

function ThemeField() {
  const t = useMessages(themeMessages)
  const id = useId()
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id}>{t('theme')}</label>
      <select
        id={id}
        value={useTheme()}
        onChange={(event) => chooseTheme(event.target.value as Theme)}
        className="min-h-11 rounded-xl border border-field-line bg-surface px-3 text-ink"
      >
        {THEMES.map((theme) => (
          <option key={theme} value={theme}>
            {t(theme)}
          </option>
        ))}
      </select>
    </div>
  )
}
