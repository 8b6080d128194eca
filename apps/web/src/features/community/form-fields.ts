/** The required fields of a form that are empty. */
export function blankFields<Field extends string>(values: Record<string, string>, needed: readonly Field[]): Field[] {
  return needed.filter((field) => !values[field]?.trim())
}
