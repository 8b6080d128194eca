import { apiUrl } from '../api/config.ts'
import { useMessages } from '../language/language.ts'
import { LanguageButton } from '../language/language-button.tsx'
import { shellMessages } from './messages.ts'

export function Footer() {
  const t = useMessages(shellMessages)
  return (
    <footer className="border-t border-line bg-sunken text-sm text-muted">
      <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-6 gap-y-2 px-4 py-8 sm:px-6 lg:px-8">
        <p className="mr-auto">{t('about')}</p>
        <p>{t('pictures')}</p>
        <a href={`${apiUrl()}/docs`} className="underline underline-offset-4 hover:text-ink">
          {t('api')}
        </a>
        <LanguageButton className="min-h-11 underline underline-offset-4 hover:text-ink" />
      </div>
    </footer>
  )
}
