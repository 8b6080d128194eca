/** The built-in catalogue: one file a department, each product on one line. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { Nullable, type Static, Type } from '@doran/kernel/contract'
import { type CatalogueProduct, type Image, Name, Sku, Slug } from '@doran/product/contract'

const strict = { additionalProperties: false }
const Named = { slug: Slug, name: Name }
const Won = Type.Integer({ minimum: 0, maximum: 100_000_000, multipleOf: 100 })
const Prose = Type.String({ minLength: 20, maxLength: 1_000 })
const Facts = Type.Record(Type.String({ minLength: 1 }), Type.String({ minLength: 1 }))

const OptionValue = Type.Object(
  {
    /** Part of the SKU. */
    code: Type.String({ pattern: '^[A-Z0-9]{1,6}$' }),
    ko: Type.String({ minLength: 1 }),
    en: Type.String({ minLength: 1 }),
    /** Won in addition to the product's price. */
    extra: Won,
  },
  strict,
)

const SeedProduct = Type.Object(
  {
    sku: Sku,
    category: Slug,
    seller: Slug,
    brand: Nullable(Slug),
    name: Name,
    description: Type.Object({ ko: Prose, en: Prose }, strict),
    price: Type.Intersect([Won, Type.Integer({ minimum: 100 })]),
    /** Of all variants together. */
    stock: Type.Integer({ minimum: 0, maximum: 500 }),
    /** The same facts in both languages, in the same order. */
    attributes: Type.Object({ ko: Facts, en: Facts }, strict),
    options: Type.Array(Type.Object({ name: Name, values: Type.Array(OptionValue, { minItems: 1 }) }, strict), {
      maxItems: 2,
    }),
  },
  strict,
)
export type SeedProduct = Static<typeof SeedProduct>

/** The content of a file. The department is the parent of the other categories. */
export const Department = Type.Object(
  {
    department: Type.Object(Named, strict),
    categories: Type.Array(Type.Object(Named, strict)),
    sellers: Type.Array(Type.Object({ ...Named, about: Name }, strict)),
    brands: Type.Array(Type.Object(Named, strict)),
    products: Type.Array(SeedProduct),
  },
  strict,
)
export type Department = Static<typeof Department>

const FOLDER = new URL('./catalogue/', import.meta.url)

/** Reads all departments, in the order of their file names. */
export async function readCatalogue(): Promise<Department[]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort()
  return Promise.all(files.map(async (name) => JSON.parse(await readFile(new URL(name, FOLDER), 'utf8')) as Department))
}

/** What a buyer buys: a combination of option values, or the product itself if it has no options. */
export interface SeedVariant {
  sku: string
  price: number
  stock: number
  /** Codes of the option values, as the catalogue writes them. */
  options: string[]
}

/**
 * Returns every combination of the product's option values. Each variant gets an equal share of the stock; the first
 * ones get the remainder.
 */
export function variantsOf({ sku, price, stock, options }: SeedProduct): SeedVariant[] {
  const combinations = options.reduce<{ codes: string[]; extra: number }[]>(
    (before, { values }) =>
      before.flatMap(({ codes, extra }) =>
        values.map((value) => ({ codes: [...codes, value.code], extra: extra + value.extra })),
      ),
    [{ codes: [], extra: 0 }],
  )
  const share = Math.floor(stock / combinations.length)
  const over = stock % combinations.length
  return combinations.map(({ codes, extra }, index) => ({
    sku: [sku, ...codes].join('-'),
    price: price + extra,
    stock: share + (index < over ? 1 : 0),
    options: codes.map((code) => code.toLowerCase()),
  }))
}

/** Returns the product in the form that the catalogue service loads. */
export function catalogueProductOf(product: SeedProduct, sellerId: string): CatalogueProduct {
  const { sku, category, brand, name, description, attributes, options } = product
  const english = Object.entries(attributes.en)
  return {
    sellerId,
    key: sku,
    category,
    brand,
    name,
    description,
    images: imagesOf(product),
    createdAt: createdAtOf(sku),
    // Most products sold a few times, some hundreds of times. A SKU always gets the same number.
    sold: Math.floor(3 / (createHash('sha256').update(`sold ${sku}`).digest().readUInt32BE() / 2 ** 32 + 0.005)),
    attributes: Object.entries(attributes.ko).map(([label, value], index) => ({
      name: { ko: label, en: english[index]?.[0] ?? label },
      value: { ko: value, en: english[index]?.[1] ?? value },
    })),
    options: options.map(({ name, values }) => ({
      name,
      values: values.map(({ code, ko, en }) => ({ code: code.toLowerCase(), name: { ko, en } })),
    })),
    variants: variantsOf(product).map(({ sku, price, options }) => ({ sku, price, options })),
  }
}

/** Returns two pictures, of the product alone and among other things. The files are in `pictures/products/`. */
function imagesOf({ sku, name }: SeedProduct): Image[] {
  const path = `/pictures/products/${sku.toLowerCase()}`
  return [
    { url: `${path}-1.avif`, alt: name },
    {
      url: `${path}-2.avif`,
      alt: { ko: `${name.ko}, 어울리는 물건들과 함께`, en: `${name.en}, with things that go with it` },
    },
  ]
}

const NEWEST_MS = Date.UTC(2026, 8, 1)
const HALF_A_YEAR_MS = 180 * 24 * 3_600_000

/** Returns a moment within half a year. A SKU always gets the same one, and "newest first" mixes all departments. */
function createdAtOf(sku: string): string {
  const share = createHash('sha256').update(sku).digest().readUInt32BE() / 2 ** 32
  return new Date(NEWEST_MS - Math.floor(share * HALF_A_YEAR_MS)).toISOString()
}
