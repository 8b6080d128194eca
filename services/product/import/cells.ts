/**
 * Reads single cells as people write them. A cell that cannot be read without loss is left for the schema to refuse.
 */

const WHOLE = /^(\d+|\d{1,3}(?:,\d{3})+)$/

/**
 * An amount in won as people write it: `12000`, `12,000`, `₩12,000`, `12000원`, `KRW 12000`, `１２０００`, and with zeros
 * after a point, as shops with other currencies write them. Three zeros may be thousands, so they are refused.
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

/** Replaces full-width digits, signs and letters by the usual ones. */
function plain(cell: string): string {
  return cell.normalize('NFKC').trim()
}

/**
 * A SKU as other shops write it. Letters keep their case. Spaces and slashes, which URLs cannot contain, become
 * hyphens; the report warns of that.
 */
export function skuOf(cell: string): string {
  return plain(cell).replace(/[\s/\\]+/g, '-')
}

/** The normalised form of a name, for comparison. */
export function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}
