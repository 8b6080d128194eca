/** Draws every picture of the shop from its list. The same lists give the same pictures. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { readThing, readThings } from './emoji.ts'
import { type DepartmentSlug, toneOf } from './palette.ts'
import { drawObject, drawPortrait, drawScene, drawSticker } from './scene.ts'

interface ProductPicture {
  /** The product, perhaps with something that explains it. */
  object: string
  /** What stands around it in the second picture. */
  with: string
}

interface OtherPictures {
  categories: Record<string, string>
  people: Record<string, string>
  web: Record<string, string>
}

interface Department {
  department: { slug: DepartmentSlug }
  categories: { slug: string }[]
  products: { sku: string; category: string }[]
}

const ROOT = new URL('../../', import.meta.url)
const CATALOGUE = new URL('apps/server/seed/catalogue/', ROOT)
const SHOP = new URL('apps/server/seed/pictures/', ROOT)
const WEB = new URL('apps/web/public/illustrations/', ROOT)
const CONCURRENCY = 3
/** Soft shadows on a transparent background need a higher quality than shadows on paper. */
const STICKER_QUALITY = 70

/** Draws only pictures whose names begin with this argument, as in `draw.ts FOD-KIM`; all without it. */
const only = process.argv[2] ?? ''
const wanted = (name: string) => name.startsWith(only)

const products = await readList<Record<string, ProductPicture>>('product-pictures.json')
const others = await readList<OtherPictures>('other-pictures.json')
const tasks: (() => Promise<void>)[] = []

for (const folder of ['products/', 'categories/', 'people/']) await mkdir(new URL(folder, SHOP), { recursive: true })
await mkdir(WEB, { recursive: true })
for (const content of await readDepartments()) {
  planProducts(content)
  planCategories(content)
}
for (const [index, [name, animal]] of Object.entries(others.people).entries()) planPerson(name, animal, index)
for (const [name, things] of Object.entries(others.web)) planSticker(name, things)

await Promise.all(Array.from({ length: CONCURRENCY }, work))

function planProducts({ department, categories, products: all }: Department): void {
  for (const [shelf, { slug }] of categories.entries())
    for (const [index, { sku }] of all.filter(({ category }) => category === slug).entries()) {
      if (!wanted(sku)) continue
      const picture = products[sku]
      if (!picture) throw new Error(`${sku} has no picture`)
      const things = readThings(picture.object)
      const among = [...things.slice(0, 1), ...readThings(picture.with)]
      const tone = (step: number) => toneOf(department.slug, index + shelf + step)
      tasks.push(async () => saveProduct(sku, 1, await drawObject(things, tone(0))))
      tasks.push(async () => saveProduct(sku, 2, await drawScene(among, tone(2), index + shelf)))
    }
}

function planCategories({ department, categories }: Department): void {
  for (const [index, { slug }] of [department, ...categories].entries()) {
    const things = others.categories[slug]
    if (!things) throw new Error(`${slug} has no picture`)
    if (!wanted(slug)) continue
    const file = new URL(`categories/${slug}.avif`, SHOP)
    tasks.push(async () => save(await drawObject(readThings(things), toneOf(department.slug, index)), 240, file))
  }
}

function planPerson(name: string, animal: string, index: number): void {
  if (!wanted(name)) return
  const departments: DepartmentSlug[] = ['hobby', 'beauty', 'outdoor', 'food']
  const tone = toneOf(departments[index % departments.length] as DepartmentSlug, index)
  const file = new URL(`people/${name}.avif`, SHOP)
  tasks.push(async () => save(await drawPortrait(readThing(animal), tone), 192, file))
}

function planSticker(name: string, things: string): void {
  if (!wanted(name)) return
  const file = new URL(`${name}.avif`, WEB)
  tasks.push(async () => save(await drawSticker(readThings(things)), 320, file, STICKER_QUALITY))
}

async function saveProduct(sku: string, number: number, picture: Buffer): Promise<void> {
  const name = `products/${sku.toLowerCase()}-${number}`
  await save(picture, 800, new URL(`${name}.avif`, SHOP), 45)
  await save(picture, 400, new URL(`${name}.w400.avif`, SHOP))
}

async function save(picture: Buffer, edge: number, file: URL, quality = 46): Promise<void> {
  const avif = await sharp(picture).resize(edge).avif({ quality, effort: 3 }).toBuffer()
  await writeFile(file, avif)
}

async function work(): Promise<void> {
  for (let task = tasks.shift(); task; task = tasks.shift()) await task()
}

async function readDepartments(): Promise<Department[]> {
  const files = (await readdir(CATALOGUE)).filter((name) => name.endsWith('.json')).sort()
  return Promise.all(files.map((name) => readJson<Department>(new URL(name, CATALOGUE))))
}

function readList<T>(name: string): Promise<T> {
  return readJson(new URL(name, import.meta.url))
}

async function readJson<T>(file: URL): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T
}
