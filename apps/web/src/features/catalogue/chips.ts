/** Styles of chips: rounded links and buttons in a row that scrolls sideways if it is too long. */
export const CHIP_ROW =
  'flex gap-2 overflow-x-auto -mx-4 px-4 py-1 whitespace-nowrap [scrollbar-width:none] sm:mx-0 sm:flex-wrap sm:px-1 sm:-ml-1'

export const CHIP =
  'flex min-h-11 items-center rounded-full border border-line bg-surface px-4 text-[0.95rem] font-medium hover:bg-sunken ' +
  'aria-[current=page]:border-brand aria-[current=page]:bg-brand-soft aria-[current=page]:text-on-brand-soft ' +
  'aria-pressed:border-brand aria-pressed:bg-brand-soft aria-pressed:text-on-brand-soft'
