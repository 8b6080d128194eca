/**
 * The most common first screens. Their data is requested at once, while the application still loads; the routes'
 * loaders find the request or its answer. Their beginning is painted at once, in plain elements that the application
 * replaces.
 */
import type { Product } from '@doran/product/contract'
import { queryClient } from './api/query-client.ts'
import { openHome } from './features/home/api/home.ts'
import { homeMessages } from './features/home/messages.ts'
import { WELCOME } from './features/home/welcome-look.ts'
import { openProduct, productQuery } from './features/product/api/product.ts'
import { GALLERY_SIZES, PRODUCT } from './features/product/product-look.ts'
import { translate } from './language/catalogue.ts'
import { currentLanguage } from './language/language.ts'
import { pageClass } from './ui/page-look.ts'
import { PICTURE, PICTURE_BOX, pictureSources } from './ui/picture-sources.ts'

const SCREENS: readonly [RegExp, (...parts: string[]) => Promise<unknown>][] = [
  [
    /^$/,
    () => {
      showHome()
      openHome()
      return painted()
    },
  ],
  [
    /^products\/([^/]+)$/,
    (productId = '') => {
      openProduct(productId)
      return queryClient.ensureQueryData(productQuery(productId)).then(showProduct, () => undefined)
    },
  ],
]

/** The longest time that the application waits for the first paint. */
const FIRST_PAINT_TIMEOUT_MS = 1_000

/**
 * Resolves when the beginning is visible. The application starts only then, because a slow phone would paint nothing
 * while it starts.
 */
export async function openFirstScreen(): Promise<void> {
  const path = location.pathname.slice(import.meta.env.BASE_URL.length)
  for (const [pattern, open] of SCREENS) {
    const found = pattern.exec(path)
    if (found) await Promise.race([open(...found.slice(1)), pause(FIRST_PAINT_TIMEOUT_MS)])
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Resolves after the next frame. A page in the background has no frames, so it resolves at once. */
function painted(): Promise<void> {
  return document.hidden
    ? Promise.resolve()
    : new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
}

let applicationStarted = false

/** From now on the application renders everything. */
export function endOfFirstScreen(): void {
  applicationStarted = true
}

function show(...content: HTMLElement[]): void {
  if (!applicationStarted)
    document.getElementById('root')?.append(element('div', { class: pageClass('wide') }, ...content))
}

function showHome(): void {
  const t = translate(homeMessages, currentLanguage())
  show(
    element(
      'section',
      { class: WELCOME.section },
      element(
        'div',
        { class: WELCOME.text },
        element('h1', { class: WELCOME.title }, t('welcome')),
        element('p', { class: WELCOME.lead }, t('welcomeText')),
      ),
    ),
  )
}

async function showProduct({ name, images }: Product): Promise<void> {
  const picture = new Image()
  const sources = images[0] ? pictureSources(images[0].url, GALLERY_SIZES) : {}
  for (const [attribute, value] of Object.entries({ class: PICTURE, ...sources }))
    picture.setAttribute(attribute, value)
  show(
    element('div', { class: PRODUCT.breadcrumb }),
    element(
      'div',
      { class: PRODUCT.columns },
      element('div', { class: `${PICTURE_BOX} rounded-3xl` }, picture),
      element('div', {}, element('h1', { class: PRODUCT.title }, name[currentLanguage()])),
    ),
  )
  await picture.decode().catch(() => undefined)
  await painted()
}

function element(tag: string, attributes: Record<string, string>, ...content: (HTMLElement | string)[]): HTMLElement {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...content)
  return made
}
