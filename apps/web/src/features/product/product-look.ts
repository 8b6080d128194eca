/** How a product's page begins, also before the application is there. */
export const PRODUCT = {
  breadcrumb: 'min-h-11',
  columns: 'mt-1 grid gap-4 sm:grid-cols-2 sm:gap-8 lg:grid-cols-[minmax(0,38rem)_minmax(24rem,1fr)] lg:gap-16',
  title: 'mt-1 text-2xl font-bold sm:text-3xl',
} as const

/** Widths of the pictures in the gallery, as in the `sizes` of an image. */
export const GALLERY_SIZES = '(min-width: 1280px) 750px, (min-width: 640px) 50vw, 100vw'
