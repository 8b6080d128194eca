/** Checks for invisible characters, such as a zero-width space, which make two different texts look the same. */

/** How strict the check is: any text, a single line, or a name that identifies somebody to others. */
export type Visible = 'text' | 'line' | 'name'

const SEEN = /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u
// Bidirectional controls also reorder the text around the value.
const BREAKS_THE_LINE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u
const FORMAT = /\p{Cf}/u

/** Whether a text has a visible character and none that its kind forbids. */
export function isVisible(text: string, kind: Visible): boolean {
  if (!SEEN.test(text)) return false
  if (kind !== 'text' && BREAKS_THE_LINE.test(text)) return false
  return kind !== 'name' || !FORMAT.test(text)
}

/**
 * The schema keyword `visible`, whose value is the kind. A schema can have only one `pattern`, so this is a keyword.
 */
export const visibleKeyword = { keyword: 'visible', type: 'string', schemaType: 'string', validate: check } as const

function check(kind: Visible, text: string): boolean {
  return isVisible(text, kind)
}
