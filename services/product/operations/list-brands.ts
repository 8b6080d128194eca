import { type Handler, type Queryable, sql } from '@doran/kernel'
import { cachedCategories } from '../categories.ts'
import type { Brand, Language, product } from '../contract.ts'
import { categoryNotFound } from '../errors.ts'

export const listBrands: Handler<typeof product, 'listBrands'> = ({ category, language = 'ko' }, ctx) => {
  if (category === undefined) return ctx.cache.get(`brands:${language}`, () => findBrands(ctx.db, language))
  // The key has the category's prefix, so a change of any of its products, or a move of categories, invalidates the
  // entry, even while it is being loaded.
  return ctx.cache.get(`list:category:${category}:brands:${language}`, async () => {
    const path = (await cachedCategories(ctx)).pathOf.get(category)
    if (!path) throw categoryNotFound({ slug: category })
    return findBrandsBelow(ctx.db, path, language)
  })
}

const ORDER = {
  ko: sql`order by b.name->>'ko' collate product.names_ko, b.slug`,
  en: sql`order by b.name->>'en' collate product.names_en, b.slug`,
}

function findBrands(db: Queryable, language: Language): Promise<Brand[]> {
  return db.all<Brand>(sql`select b.slug, b.name from product.brands b ${ORDER[language]}`)
}

/** One index look-up per brand. `limit` keeps PostgreSQL from reading all products of the category instead. */
function findBrandsBelow(db: Queryable, path: readonly string[], language: Language): Promise<Brand[]> {
  const below = path.map((slug, index) => sql`l.category_path[${sql.raw(String(index + 1))}] = ${slug}`)
  return db.all<Brand>(sql`
    select b.slug, b.name
    from product.brands b
    cross join lateral (
      select 1 from product.listings l
      where l.state = 'on-sale' and l.brand = b.slug and ${sql.join(below, ' and ')}
      limit 1
    ) found
    ${ORDER[language]}`)
}
