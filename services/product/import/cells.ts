/** Single cells as people write them. What cannot be read without loss is left for the schema to refuse. */

const WHOLE = /^(\d+|\d{1,3}(?:,\d{3})+)$/

/**
 * Won as people write them: `12000`, `12,000`, `₩12,000`, `12000원`, `KRW 12000`, `１２０００`, and with noughts behind a
 * point, as shops with other currencies do. Three noughts may be thousands, so they are not taken.
 */
export function wonOf(cell: string): number {
  const bare = plain(cell)
    .replace(/^(₩|KRW)\s*/i, '')
    .replace(/\s*(원|KRW)$/i, '')
    .replace(/\.(0|00|0000)$/, '')
  return wholeOf(bare)
}

/** A number of pieces. */
export function piecesOf(cell: string): number {
  return wholeOf(plain(cell).replace(/\.0+$/, ''))
}

function wholeOf(text: string): number {
  return WHOLE.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN
}

/** Full-width digits, signs and letters become the usual ones. */
function plain(cell: string): string {
  return cell.normalize('NFKC').trim()
}

/**
 * A SKU as other shops write it. Letters keep their case; spaces and slashes, which addresses cannot carry, become
 * hyphens, which the report mentions.
 */
export function skuOf(cell: string): string {
  return plain(cell).replace(/[\s/\\]+/g, '-')
}

/** A name in the form in which names are compared. */
export function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}
