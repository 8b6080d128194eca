/** Text that people can read. What only a computer sees, such as a blank of no width, makes two texts look like one. */

/** How strict: any text, one line of it, or a name by which people know each other. */
export type Visible = 'text' | 'line' | 'name'

const SEEN = /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u
// Turns of direction reorder what stands beside the text, too.
const BREAKS_THE_LINE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u
const FORMAT = /\p{Cf}/u

/** Whether a text has something to see and nothing that its kind may not have. */
export function isVisible(text: string, kind: Visible): boolean {
  if (!SEEN.test(text)) return false
  if (kind !== 'text' && BREAKS_THE_LINE.test(text)) return false
  return kind !== 'name' || !FORMAT.test(text)
}

/** The keyword `visible` of our schemas, whose value is the kind. JSON Schema's `pattern` has no room for a second rule. */
export const visibleKeyword = { keyword: 'visible', type: 'string', schemaType: 'string', validate: check } as const

function check(kind: Visible, text: string): boolean {
  return isVisible(text, kind)
}
