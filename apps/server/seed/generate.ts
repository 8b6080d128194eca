/**
 * Generates a catalogue of any size for measurements, in the form that `product.loadCatalogue` takes. The same seed
 * gives the same catalogue, and a smaller catalogue is the beginning of a larger one.
 */
import type { Brand, CatalogueProduct, Category, Seller } from '@doran/product/contract'
import { DEPARTMENTS, type Department, FIRST, LAST, PLACES, QUALITIES, type Words } from './generate-words.ts'

const BRANDS = FIRST.length * LAST.length
const SELLERS = 300
const CHUNK_SIZE = 1_000
const NEWEST_MS = Date.UTC(2026, 9, 31)
const YEAR_MS = 365 * 24 * 60 * 60 * 1_000

const named = ([ko, en]: Words) => ({ ko, en })

/** Generates what the products refer to; load it before them. */
export function generateShops(seed: number): { categories: Category[]; brands: Brand[]; sellers: Seller[] } {
  const categories = DEPARTMENTS.flatMap(({ slug, name, shelves }, position) => [
    { slug, name: named(name), parent: null, position },
    ...shelves.map(([shelf, title], place) => ({
      slug: `${slug}-${shelf}`,
      name: named(title),
      parent: slug,
      position: place,
    })),
  ])
  const brands = Array.from({ length: BRANDS }, (_, index) => ({
    slug: brandSlug(index),
    name: joinedName(index, index),
  }))
  const sellers = Array.from({ length: SELLERS }, (_, index) => {
    const [ko, en] = PLACES[index % PLACES.length] as Words
    const house = joinedName(index, index + 3)
    return {
      id: uuid(seed, 1, index),
      slug: `sample-shop-${index + 1}`,
      name: { ko: `${ko} ${house.ko}`, en: `${house.en}, ${en}` },
      about: { ko: `${ko}에서 고른 물건을 보내 드립니다.`, en: `Goods chosen in ${en}.` },
    }
  })
  return { categories, brands, sellers }
}

/** Generates products in chunks of a thousand; each chunk fits one call of `loadCatalogue`. */
export function* generateProducts(count: number, seed: number): Generator<CatalogueProduct[]> {
  for (let from = 0; from < count; from += CHUNK_SIZE) {
    yield Array.from({ length: Math.min(CHUNK_SIZE, count - from) }, (_, index) => generateProduct(from + index, seed))
  }
}

function generateProduct(index: number, seed: number): CatalogueProduct {
  const next = random(seed * 1_000_003 + index)
  const department = pick(DEPARTMENTS, next)
  const [shelf, , goods] = pick(department.shelves, next)
  const [quality, place, thing] = [pick(QUALITIES, next), pick(PLACES, next), pick(goods, next)]
  const model = 1 + Math.floor(next() * 999)
  const name = {
    ko: `${quality[0]} ${place[0]} ${thing[0]} ${model}호`,
    en: `${quality[1]} ${place[1]} ${thing[1]} no. ${model}`,
  }
  const code = `G${seed}-${String(index + 1).padStart(7, '0')}`
  return {
    id: uuid(seed, 2, index),
    sellerId: uuid(seed, 1, Math.floor(next() ** 2 * SELLERS)),
    category: `${department.slug}-${shelf}`,
    brand: next() < 0.7 ? brandSlug(Math.floor(next() ** 2 * BRANDS)) : null,
    name,
    description: {
      ko: `${place[0]}에서 온 ${quality[0]} ${thing[0]}입니다. 주문하신 다음 날 보내 드립니다.`,
      en: `${quality[1]} ${thing[1]} from ${place[1]}. Sent on the day after your order.`,
    },
    attributes: [{ name: { ko: '생산지', en: 'Made in' }, value: named(place) }],
    images: [{ url: `/images/${department.slug}-${shelf}.webp`, alt: name }],
    createdAt: new Date(NEWEST_MS - Math.floor(next() * 2 * YEAR_MS)).toISOString(),
    ...variantsOf(department, code, next),
  }
}

/** Generates one variant, or two to four with the department's usual option, each dearer than the one before. */
function variantsOf({ price, choices }: Department, code: string, next: () => number) {
  const base = Math.round((price * (0.3 + next() ** 3 * 4)) / 100) * 100
  const reduced = next() < 0.2
  const variant = (sku: string, place: number, options: string[]) => {
    const amount = base + place * Math.round(base / 500) * 100
    return {
      sku,
      price: amount,
      compareAtPrice: reduced ? Math.round(amount / 80) * 100 + 100 : null,
      currency: 'KRW' as const,
      options,
    }
  }
  if (next() < 0.4) return { options: [], variants: [variant(code, 0, [])] }
  const values = choices.values.slice(0, 2 + Math.floor(next() * (choices.values.length - 1)))
  return {
    options: [
      { name: named(choices.name), values: values.map(([value, ko, en]) => ({ code: value, name: { ko, en } })) },
    ],
    variants: values.map(([value], place) => variant(`${code}-${value.toUpperCase()}`, place, [value])),
  }
}

function joinedName(first: number, last: number) {
  const [a, b] = [FIRST[first % FIRST.length] as Words, LAST[Math.floor(last / FIRST.length) % LAST.length] as Words]
  return { ko: `${a[0]}${b[0]}`, en: `${a[1]} ${b[1]}` }
}

function brandSlug(index: number): string {
  return `sample-brand-${index + 1}`
}

function pick<T>(list: readonly T[], next: () => number): T {
  return list[Math.floor(next() * list.length)] as T
}

/** Returns a UUID in the form of version 7, with counted parts instead of random ones. */
function uuid(seed: number, kind: number, index: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
  return `01900000-${hex(kind, 4)}-7000-8${hex(seed % 4_096, 3)}-${hex(index, 12)}`
}

/** Mulberry32 by Tommy Ettinger: small, fast, the same on every machine. */
export function random(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
