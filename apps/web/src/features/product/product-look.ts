/** Styles of a product page's beginning; the first code also uses them, before the application loads. */
export const PRODUCT = {
  breadcrumb: 'min-h-11',
  columns: 'mt-1 grid gap-4 sm:grid-cols-2 sm:gap-8 lg:grid-cols-[minmax(0,38rem)_minmax(24rem,1fr)] lg:gap-16',
  title: 'mt-1 text-2xl font-bold sm:text-3xl',
} as const

/** Widths of the gallery's pictures, as in the `sizes` of an image. */
export const GALLERY_SIZES = '(min-width: 1280px) 750px, (min-width: 640px) 50vw, 100vw'
