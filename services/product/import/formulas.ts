/**
 * A spreadsheet runs a cell that begins like a formula. One that separates columns by semicolons or tabs takes our
 * cells apart at theirs, and one that ignores quotes at line breaks, so each such part must not begin like one either.
 */
const SIGNS = '=+\\-@＝＋－＠'
const BEGINNING = `(^|[;\\t\\r\\n]"*)`
const FORMULA = new RegExp(`${BEGINNING}('*)(?=[${SIGNS}])`, 'g')
const ESCAPED = new RegExp(`${BEGINNING}'('*)(?=[${SIGNS}])`, 'g')

/** Puts an apostrophe before formulas, and one more before text that looks as if that had been done. */
export function escaped(cell: string): string {
  return cell.replace(FORMULA, "$1'$2").replace(/^('*)(?=[\t\r])/, "'$1")
}

/** Takes back what {@link escaped} did. */
export function unescaped(cell: string): string {
  return cell.includes("'") ? cell.replace(/^'('*)(?=[\t\r])/, '$1').replace(ESCAPED, '$1$2') : cell
}
