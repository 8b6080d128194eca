/** Which of the needed fields of a form have nothing in them. */
export function blankFields<Field extends string>(values: Record<string, string>, needed: readonly Field[]): Field[] {
  return needed.filter((field) => !values[field]?.trim())
}
