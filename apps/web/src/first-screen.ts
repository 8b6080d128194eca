/**
 * The screens that most people come to first. What they show is asked for at once, while the application is still on its
 * way; the routes' loaders find it on its way, or there. How they begin is shown already, in plain elements whose place
 * the application takes.
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

/** Milliseconds that the application waits at most for its beginning to be seen. */
const PATIENCE = 1_000

/**
 * Resolves when the beginning can be seen. The application is held back until then, because a slow phone would paint
 * nothing while it starts.
 */
export async function openFirstScreen(): Promise<void> {
  const path = location.pathname.slice(import.meta.env.BASE_URL.length)
  for (const [pattern, open] of SCREENS) {
    const found = pattern.exec(path)
    if (found) await Promise.race([open(...found.slice(1)), pause(PATIENCE)])
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** After the next frame. A page in the background has none, and nobody waits for it. */
function painted(): Promise<void> {
  return document.hidden
    ? Promise.resolve()
    : new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
}

let taken = false

/** From now on the application shows everything. */
export function endOfFirstScreen(): void {
  taken = true
}

function show(...content: HTMLElement[]): void {
  if (!taken) document.getElementById('root')?.append(element('div', { class: pageClass('wide') }, ...content))
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
