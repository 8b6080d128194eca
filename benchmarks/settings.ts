import { parseArgs } from 'node:util'

const PARTS = [
  'routes',
  'checkout',
  'import',
  'notify',
  'claims',
  'community',
  'gateway',
  'memory',
  'growth',
  'sustained',
] as const
export type PartName = (typeof PARTS)[number]

export interface Settings {
  readonly only: readonly PartName[]
  /** Only rows whose name contains this. */
  readonly rows: string
  readonly rounds: number
  /** Seconds of each load within a round. */
  readonly seconds: number
  readonly products: number
  /** Sizes of the community in articles; the others are compared with the first. */
  readonly articles: readonly number[]
  /** Sizes of the catalogues to compare. */
  readonly catalogues: readonly number[]
  /** Numbers of orders to compare, and how many orders buyers place before these are copied. */
  readonly orders: readonly number[]
  readonly placed: number
  /** Requests a second of the sustained load, and its minutes. */
  readonly rate: number
  readonly minutes: number
  readonly profile: boolean
  readonly explain: boolean
}

const QUICK = {
  rounds: '1',
  seconds: '1',
  products: '1000',
  catalogues: '1000,4000',
  orders: '20,200',
  placed: '20',
  minutes: '0.2',
}
const USUAL = {
  rounds: '5',
  seconds: '3',
  products: '10000',
  catalogues: '10000,100000,1000000',
  orders: '10000,100000,1000000',
  placed: '1000',
  minutes: '10',
}

/** Reads the command line. `--quick` is for trying the suite out: its figures mean nothing. */
export function readSettings(args: string[]): Settings {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: PARTS.join(',') },
      rows: { type: 'string', default: '' },
      articles: { type: 'string', default: '1000' },
      rate: { type: 'string', default: '1000' },
      rounds: text,
      seconds: text,
      products: text,
      catalogues: text,
      orders: text,
      placed: text,
      minutes: text,
      quick: flag,
      profile: flag,
      explain: flag,
    },
  })
  const given = { ...(values.quick ? QUICK : USUAL), ...values }
  const unknown = given.only.split(',').filter((name) => !PARTS.includes(name as PartName))
  if (unknown.length > 0) throw new Error(`--only reads ${unknown.join(', ')} where it expects ${PARTS.join(', ')}`)
  return {
    only: PARTS.filter((name) => given.only.split(',').includes(name)),
    rows: given.rows,
    rounds: numberOf('rounds', given.rounds),
    seconds: numberOf('seconds', given.seconds),
    products: numberOf('products', given.products),
    articles: given.articles.split(',').map((one) => numberOf('articles', one)),
    catalogues: given.catalogues.split(',').map((one) => numberOf('catalogues', one)),
    orders: given.orders.split(',').map((one) => numberOf('orders', one)),
    rate: numberOf('rate', given.rate),
    placed: numberOf('placed', given.placed),
    minutes: numberOf('minutes', given.minutes),
    profile: values.profile,
    explain: values.explain,
  }
}

function numberOf(name: string, text: string): number {
  const value = Number(text)
  if (value > 0) return value
  throw new Error(`--${name} reads ${text} where it expects a number above 0`)
}
