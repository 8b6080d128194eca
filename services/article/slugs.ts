/** Slugs, which identify articles in URLs. */
import { newId, sql, type Transaction } from '@doran/kernel'

/** Paths that other routes use in place of `/articles/:slug`. */
const RESERVED = new Set(['feed'])

/** The maximum length of a percent-encoded slug, which keeps URLs short. */
const MAX_ENCODED_LENGTH = 200

/** The title's letters and digits, in any script, in lower case and joined by hyphens; may be empty. */
export function slugOf(title: string): string {
  const words =
    title
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  let slug = ''
  for (const char of words.join('-')) {
    if (encodeURIComponent(slug + char).length > MAX_ENCODED_LENGTH) break
    slug += char
  }
  return slug.replace(/-$/, '')
}

/**
 * Claims a slug for the article: the one of the title if no other article has it, otherwise that slug with a random
 * suffix. An article may claim one of its former slugs again.
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
