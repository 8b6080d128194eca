/** What the parts of a run share. */
import type { MeasuredPostgres } from './postgres.ts'
import type { Settings } from './settings.ts'
import { loadShop, type Stocked } from './shop.ts'
import { loadWriters, type Writers } from './writers.ts'

export interface Suite {
  readonly settings: Settings
  readonly postgres: MeasuredPostgres
  /** Folder for files of this run; removed at its end. */
  readonly folder: string
  /** Creates a database for a part, with a generated catalogue. Returns some of its SKUs. */
  shop(database: string, products?: number): Promise<Stocked[]>
  /** Creates a database with a generated community. */
  community(database: string, articles: number): Promise<Writers>
  /** Creates a database with both. */
  both(database: string): Promise<{ stock: Stocked[]; writers: Writers }>
}

/** Each set of data is loaded once and copied for each part that needs it. */
export function createSuite(settings: Settings, postgres: MeasuredPostgres, folder: string): Suite {
  const sets = new Map<string, Promise<unknown>>()
  function copyOf<T>(set: string, load: () => Promise<T>): (database: string) => Promise<T> {
    return async (database) => {
      if (!sets.has(set)) sets.set(set, load())
      const data = (await sets.get(set)) as T
      await postgres.create(database, set)
      return data
    }
  }
  async function fill<T>(set: string, load: () => Promise<T>): Promise<T> {
    const begun = performance.now()
    const data = await load()
    await postgres.analyze(set)
    console.log(`${set} is loaded after ${Math.round((performance.now() - begun) / 1_000)} s`)
    return data
  }
  const shopOf = (products: number) => {
    const set = `shop-${products}`
    return copyOf(set, () =>
      fill(set, async () => {
        await postgres.create(set)
        return loadShop(postgres.url(set), products)
      }),
    )
  }
  return {
    settings,
    postgres,
    folder,
    shop: (database, products = settings.products) => shopOf(products)(database),
    community(database, articles) {
      const set = `community-of-${articles}`
      return copyOf(set, () =>
        fill(set, async () => {
          await postgres.create(set)
          return loadWriters(postgres.url(set), articles)
        }),
      )(database)
    },
    both(database) {
      const articles = settings.articles[0] as number
      const set = `shop-${settings.products}-community-${articles}`
      return copyOf(set, () =>
        fill(set, async () => {
          const stock = await shopOf(settings.products)(set)
          return { stock, writers: await loadWriters(postgres.url(set), articles) }
        }),
      )(database)
    },
  }
}
