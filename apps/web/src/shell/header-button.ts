/** Styles of the header's buttons and links. */
export const HEADER_BUTTON =
  'relative grid size-11 shrink-0 place-items-center rounded-full text-ink hover:bg-sunken aria-expanded:bg-sunken'
