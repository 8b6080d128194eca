/** Converts members' Markdown to harmless HTML. */
import createPurifier from 'dompurify'
import { marked } from 'marked'

const TAGS =
  'a abbr b blockquote br code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li ' +
  'mark ol p pre q s small span strong sub summary sup table tbody td tfoot th thead tr u ul'
const ATTRIBUTES = 'href src alt title align colspan rowspan start width height lang open'

const purifier = createPurifier(window)

purifier.addHook('afterSanitizeAttributes', (element) => {
  // We do not endorse members' links, and their targets learn nothing about the reader.
  if (element.tagName === 'A') element.setAttribute('rel', 'nofollow ugc noopener noreferrer')
  if (element.tagName === 'IMG') {
    element.setAttribute('loading', 'lazy')
    element.setAttribute('referrerpolicy', 'no-referrer')
    if (!element.hasAttribute('alt')) element.setAttribute('alt', '')
  }
  // Wide code scrolls, also by keyboard.
  if (element.tagName === 'PRE') element.setAttribute('tabindex', '0')
})

export function toHtml(markdown: string): string {
  return purifier.sanitize(marked.parse(markdown, { async: false, gfm: true }), {
    ALLOWED_TAGS: TAGS.split(' '),
    ALLOWED_ATTR: ATTRIBUTES.split(' '),
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  })
}
