const WIDTHS = { wide: 'max-w-7xl', text: 'max-w-3xl', form: 'max-w-md' }

export type PageWidth = keyof typeof WIDTHS

/** The classes of the container of every screen. */
export function pageClass(width: PageWidth): string {
  return `mx-auto w-full px-4 pt-6 pb-16 sm:px-6 lg:px-8 ${WIDTHS[width]}`
}
