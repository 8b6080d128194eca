/** Helpers that the formats of other shops share. */
import { createHash } from 'node:crypto'

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Converts a description from HTML to plain text. Remaining markup is harmless: it is shown as text, never as HTML. */
export function plainText(html: string): string {
  return html
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<br\s*\/?>|<\/(p|div|h[1-6]|tr|ul|ol)\s*>/gi, '\n')
    .replace(/<li\b[^>]*>/gi, '\n- ')
    .replace(/<\/?[a-z][^>]*>/gi, '')
    .replace(/&(#x?[\da-f]{1,6}|[a-z]{2,5});/gi, (whole, name: string) => entity(name) ?? whole)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

function entity(name: string): string | undefined {
  if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()]
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return code >= 32 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

/**
 * Generates a SKU for a variant without one, from the other shop's name for its product and the variant's values. The
 * result is the same each time. A digest keeps names apart that Latin letters or 64 characters cannot represent.
 */
export function generatedSku(product: string, values: readonly string[]): string {
  const latin = [product, ...values].map((part) =>
    part
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, ''),
  )
  const whole = latin.join('-')
  const exact = latin.every((part, index) => part === [product, ...values][index])
  if (exact && whole.length <= 64) return whole
  const digest = createHash('sha256')
    .update(JSON.stringify([product, ...values]))
    .digest('hex')
  return `${whole.slice(0, 50).replace(/^-+|-+$/g, '') || 'SKU'}-${digest.slice(0, 10)}`
}

export const GENERATED_SKU_MESSAGE = 'was empty; the variant is given the SKU'
