/** Slugs: what names an article in addresses. */
import { newId, sql, type Transaction } from '@doran/kernel'

/** Names of routes beside `/articles/:slug`. */
const RESERVED = new Set(['feed'])

/** Longest slug in its percent-encoded form, so that addresses stay bearable. */
const LONGEST = 200

/** Letters and digits of every script in lower case, joined by hyphens; may be empty. */
export function slugOf(title: string): string {
  const words =
    title
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  let slug = ''
  for (const char of words.join('-')) {
    if (encodeURIComponent(slug + char).length > LONGEST) break
    slug += char
  }
  return slug.replace(/-$/, '')
}

/**
 * Makes a slug of this title the article's, as far as nobody has it; else it is given a random end. An article may take
 * up a slug again that it once had.
 */
export async function claimSlug(tx: Transaction, title: string, articleId: string): Promise<string> {
  const plain = slugOf(title)
  if (plain !== '' && !RESERVED.has(plain) && (await claim(tx, plain, articleId))) return plain
  for (;;) {
    const random = newId().slice(-6)
    const slug = plain === '' ? `article-${random}` : `${plain}-${random}`
    if (await claim(tx, slug, articleId)) return slug
  }
}

async function claim(tx: Transaction, slug: string, articleId: string): Promise<boolean> {
  const claimed = await tx.run(sql`
    insert into article.slugs as s (slug, article_id) values (${slug}, ${articleId})
    on conflict (slug) do update set slug = s.slug where s.article_id = ${articleId}`)
  return claimed === 1
}
