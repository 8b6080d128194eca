/** Looks up categories and brands by the text of a cell: the slug, the name in either language, or the path. */
import { type Queryable, sql } from '@doran/kernel'
import type { Name } from '../contract.ts'
import { folded } from './cells.ts'
import { LANGUAGES } from './columns.ts'

export interface Taxonomy {
  category: Lookup
  brand: Lookup
}

/** Returns the slug that the cell means, or the problem with it. */
export type Lookup = (cell: string) => { slug: string } | { problem: string }

export async function loadTaxonomy(db: Queryable): Promise<Taxonomy> {
  const { categories, brands } = await db.one<{ categories: CategoryRow[]; brands: BrandRow[] }>(sql`
    select
      (select coalesce(jsonb_agg(jsonb_build_object('slug', slug, 'name', name, 'path', path)), '[]')
       from product.categories) as categories,
      (select coalesce(jsonb_agg(jsonb_build_object('slug', slug, 'name', name)), '[]')
       from product.brands) as brands`)
  return { category: lookupOf('category', namesOfCategories(categories)), brand: lookupOf('brand', namesOf(brands)) }
}

interface BrandRow {
  slug: string
  name: Name
}
interface CategoryRow extends BrandRow {
  path: string[]
}

type Names = Map<string, Set<string>>

/** A file repeats few names many times, and the search for suggestions is slow, so this many answers are cached. */
const MAX_CACHED_ANSWERS = 1_000

function namesOf(rows: readonly BrandRow[]): Names {
  const names: Names = new Map()
  for (const { slug, name } of rows) for (const text of [name.ko, name.en]) add(names, text, slug)
  return withSlugs(names, rows)
}

/** By each suffix of the path: `쌀`, `곡물 > 쌀`, `식품 > 곡물 > 쌀`. */
function namesOfCategories(rows: readonly CategoryRow[]): Names {
  const nameOf = new Map(rows.map(({ slug, name }) => [slug, name]))
  const names: Names = new Map()
  for (const { slug, path } of rows) {
    for (const language of LANGUAGES) {
      const parts = path.map((step) => folded(nameOf.get(step)?.[language] ?? step))
      for (let from = 0; from < parts.length; from++) add(names, parts.slice(from).join('>'), slug)
    }
  }
  return withSlugs(names, rows)
}

/** A slug always means its own category or brand, even if others have it as their name. */
function withSlugs(names: Names, rows: readonly { slug: string }[]): Names {
  for (const { slug } of rows) names.set(slug, new Set([slug]))
  return names
}

function add(names: Names, name: string, slug: string): void {
  const key = folded(name)
  names.set(key, (names.get(key) ?? new Set()).add(slug))
}

function lookupOf(kind: 'category' | 'brand', names: Names): Lookup {
  const answers = new Map<string, ReturnType<Lookup>>()
  return (cell) => {
    const answer = answers.get(cell) ?? lookUp(kind, names, cell)
    if (answers.size < MAX_CACHED_ANSWERS) answers.set(cell, answer)
    return answer
  }
}

function lookUp(kind: 'category' | 'brand', names: Names, cell: string): ReturnType<Lookup> {
  const where = kind === 'category' ? 'GET /api/categories' : 'GET /api/brands'
  const wanted = cell.split('\n').filter((name) => name.trim() !== '')
  const found = wanted.map((name) => names.get(pathOf(name))).find((slugs) => slugs !== undefined)
  const [slug, ...others] = found ?? []
  if (slug && others.length === 0) return { slug }
  const shown = cell.trim().slice(0, 80)
  if (slug) return { problem: `${shown} may be ${[...(found ?? [])].slice(0, 5).join(' or ')}; write which` }
  const near = nearest(names, wanted[0] ?? '')
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}? ` : ''
  return { problem: `there is no ${kind} ${shown}; ${hint}${where} lists them by slug and name` }
}

/** Levels of a path are separated by `>`, as in other shops. */
function pathOf(name: string): string {
  return name.split(/[>›»]/).map(folded).join('>')
}

function nearest(names: Names, wanted: string): string[] {
  const words = folded(wanted.split(/[>›»]/).at(-1) ?? '')
    .split(/[\s·&,/]+/)
    .filter((word) => word.length > 1)
  const near = [...names].filter(([name]) => words.some((word) => name.split('>').at(-1)?.includes(word)))
  return [...new Set(near.flatMap(([, slugs]) => [...slugs]))].slice(0, 3)
}
