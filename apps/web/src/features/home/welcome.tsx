import { useMessages } from '../../language/language.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { homeMessages } from './messages.ts'

export function Welcome() {
  const t = useMessages(homeMessages)
  return (
    <section className="relative grid items-center overflow-hidden rounded-3xl bg-brand-soft px-6 py-8 text-on-brand-soft sm:grid-cols-[1fr_auto] sm:px-12 sm:py-8">
      <div className="max-w-2xl">
        <h1 className="text-[2rem] leading-tight font-extrabold sm:text-5xl sm:leading-tight">{t('welcome')}</h1>
        <p className="mt-3 text-lg text-balance text-ink/80">{t('welcomeText')}</p>
        <div className="mt-7 flex flex-col items-start gap-3 sm:flex-row">
          <ButtonLink to="/search" size="large">
            {t('browse')}
          </ButtonLink>
          <ButtonLink to="/community" size="large" look="secondary">
            {t('toStories')}
          </ButtonLink>
        </div>
      </div>
      <img
        src={`${import.meta.env.BASE_URL}illustrations/welcome.avif`}
        alt=""
        width={320}
        height={320}
        fetchPriority="high"
        className="absolute -right-2 bottom-2 size-36 sm:static sm:size-60 lg:size-76"
      />
    </section>
  )
}
