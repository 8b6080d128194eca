/** The buyer's choice of a product's options, and the variant that it selects. */
import type { Product, Variant } from '@doran/product/contract'

/** The code of one value for each option, in the order of the options; undefined where nothing is chosen yet. */
export type Choice = readonly (string | undefined)[]

/** How many of each SKU can be bought; undefined while unknown. */
export type Stock = ReadonlyMap<string, number> | undefined

type Choosable = Pick<Product, 'options' | 'variants'>

/** The choice that selects this SKU. Without a SKU, chooses only options with a single value. */
export function choiceOf({ options, variants }: Choosable, sku: string | undefined): Choice {
  const variant = variants.find((one) => one.sku === sku)
  return variant?.options ?? options.map(({ values }) => (values.length === 1 ? values[0]?.code : undefined))
}

/** The variant of a complete choice. */
export function variantOf({ variants }: Choosable, choice: Choice): Variant | undefined {
  return variants.find(({ options }) => options.every((code, index) => code === choice[index]))
}

/** Chooses a value. Drops the rest of the choice if it does not exist together with the value. */
export function choose({ variants }: Choosable, choice: Choice, option: number, code: string): Choice {
  const next = choice.with(option, code)
  return variants.some((variant) => fits(variant, next))
    ? next
    : next.map((chosen, index) => (index === option ? chosen : undefined))
}

/** Whether a value can be bought together with the rest of the choice. */
export function valueState(
  { variants }: Choosable,
  choice: Choice,
  stock: Stock,
  option: number,
  code: string,
): 'offered' | 'sold-out' | 'missing' {
  const fitting = variants.filter((variant) => fits(variant, choice.with(option, code)))
  if (fitting.length === 0) return 'missing'
  return fitting.some(({ sku }) => available(stock, sku) !== 0) ? 'offered' : 'sold-out'
}

/** The inventory omits a SKU that it has never had. */
export function available(stock: Stock, sku: string): number | undefined {
  return stock && (stock.get(sku) ?? 0)
}

/** Lowest and highest price. */
export function priceRange({ variants }: Choosable): { from: number; to: number } {
  const prices = variants.map(({ price }) => price)
  return { from: Math.min(...prices), to: Math.max(...prices) }
}

/** Any variant if all cost the same, so that a reduction shows before a choice. */
export function soleOffer({ variants }: Choosable): Variant | undefined {
  const [first, ...others] = variants
  const alike = others.every(
    ({ price, compareAtPrice }) => price === first?.price && compareAtPrice === first.compareAtPrice,
  )
  return alike ? first : undefined
}

function fits({ options }: Variant, choice: Choice): boolean {
  return options.every((code, index) => choice[index] === undefined || choice[index] === code)
}
