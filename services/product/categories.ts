import { type Context, type Queryable, sql, type Transaction } from '@doran/kernel'
import { CATEGORY_DEPTH, type Category, type CategoryNode } from './contract.ts'
import { categoryCycle, categoryTooDeep, categoryUnknown } from './errors.ts'

interface Categories {
  tree: CategoryNode[]
  /** Slugs from the topmost category to this one. */
  pathOf: ReadonlyMap<string, readonly string[]>
}

interface CategoryRow extends Category {
  path: string[]
}

/** The whole tree, cached: it is small, read all the time and changes rarely. */
export function cachedCategories(ctx: Pick<Context, 'db' | 'cache'>): Promise<Categories> {
  return ctx.cache.get('categories', async () => {
    const rows = await findCategories(ctx.db)
    return { tree: treeOf(rows), pathOf: new Map(rows.map(({ slug, path }) => [slug, path])) }
  })
}

/** Parents before their children, and siblings by position. */
function findCategories(db: Queryable): Promise<CategoryRow[]> {
  return db.all<CategoryRow>(sql`
    select slug, name, parent, position, path from product.categories
    order by cardinality(path), position, slug`)
}

function treeOf(rows: readonly CategoryRow[]): CategoryNode[] {
  const roots: CategoryNode[] = []
  const childrenOf = new Map<string | null, CategoryNode[]>([[null, roots]])
  for (const { slug, name, parent, position } of rows) {
    const children: CategoryNode[] = []
    childrenOf.set(slug, children)
    childrenOf.get(parent)?.push({ slug, name, position, children })
  }
  return roots
}

/**
 * Allows one writer of the tree at a time, so that two concurrent moves cannot create a cycle. Reading is not blocked.
 */
export async function lockCategories(tx: Transaction): Promise<void> {
  await tx.run(sql`lock table product.categories in share row exclusive mode`)
}

/**
 * Writes the given categories; the caller holds {@link lockCategories}. Products below a moved category move with it.
 * Raises `category_unknown` for a parent that neither exists nor is given, `category_cycle` and `category_too_deep`.
 */
export async function writeCategories(tx: Transaction, given: readonly Category[]): Promise<void> {
  const before = new Map((await findCategories(tx)).map((category) => [category.slug, category as Category]))
  const after = new Map([...before, ...given.map((category): [string, Category] => [category.slug, category])])
  const pathOf = (slug: string): string[] => {
    const path: string[] = []
    for (let next: string | null = slug; next !== null; next = after.get(next)?.parent ?? null) {
      if (!after.has(next)) throw categoryUnknown({ slug: next })
      if (path.includes(next)) throw categoryCycle({ slug })
      path.unshift(next)
    }
    if (path.length > CATEGORY_DEPTH) throw categoryTooDeep({ depth: CATEGORY_DEPTH })
    return path
  }
  const rows = [...after.values()].map((category) => ({ ...category, path: pathOf(category.slug) }))
  const changed = await tx.all<{ slug: string }>(sql`
    insert into product.categories as c (slug, name, parent, position, path)
    select slug, name, parent, position, path
    from jsonb_to_recordset(${sql.json(rows)}::jsonb) as r(slug text, name jsonb, parent text, position integer, path text[])
    order by slug
    on conflict (slug) do update set
      name = excluded.name, parent = excluded.parent, position = excluded.position, path = excluded.path
    where (c.name, c.parent, c.position, c.path) is distinct from
          (excluded.name, excluded.parent, excluded.position, excluded.path)
    returning slug`)
  // The search text contains the names of the categories. A job rebuilds the outdated texts (`search_form = 1`).
  await tx.run(sql`
    update product.listings l set category_path = c.path, search_form = 1
    from product.products p join product.categories c on c.slug = p.category
    where p.id = l.product_id and c.path && ${changed.map(({ slug }) => slug)}::text[]`)
}
