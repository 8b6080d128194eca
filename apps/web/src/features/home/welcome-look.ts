/** Styles of the welcome; the first code also uses them, before the application loads. */
export const WELCOME = {
  section:
    'relative grid items-center overflow-hidden rounded-3xl bg-brand-soft px-6 py-8 text-on-brand-soft sm:grid-cols-[1fr_auto] sm:px-12 sm:py-8',
  text: 'max-w-2xl',
  title: 'text-[2rem] leading-tight font-extrabold sm:text-5xl sm:leading-tight',
  lead: 'mt-3 text-lg text-balance text-ink/80',
} as const
