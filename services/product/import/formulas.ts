/**
 * A spreadsheet runs a cell that begins like a formula. A spreadsheet that separates columns by semicolons or tabs
 * splits our cells there, and one that ignores quotes splits them at line breaks. No such part may begin like a formula
 * either.
 */
const SIGNS = '=+\\-@＝＋－＠'
const BEGINNING = `(^|[;\\t\\r\\n]"*)`
const FORMULA = new RegExp(`${BEGINNING}('*)(?=[${SIGNS}])`, 'g')
const ESCAPED = new RegExp(`${BEGINNING}'('*)(?=[${SIGNS}])`, 'g')

/** Puts an apostrophe before formulas, and another one before text that looks already escaped. */
export function escaped(cell: string): string {
  return cell.replace(FORMULA, "$1'$2").replace(/^('*)(?=[\t\r])/, "'$1")
}

/** Reverses {@link escaped}. */
export function unescaped(cell: string): string {
  return cell.includes("'") ? cell.replace(/^'('*)(?=[\t\r])/, '$1').replace(ESCAPED, '$1$2') : cell
}
