import { useMessages } from '../../language/language.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { homeMessages } from './messages.ts'
import { WELCOME } from './welcome-look.ts'

export function Welcome() {
  const t = useMessages(homeMessages)
  return (
    <section className={WELCOME.section}>
      <div className={WELCOME.text}>
        <h1 className={WELCOME.title}>{t('welcome')}</h1>
        <p className={WELCOME.lead}>{t('welcomeText')}</p>
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
