import { type Handler, sql } from '@doran/kernel'
import type { Name, Offer, Option, product } from '../contract.ts'

interface OfferRow extends Omit<Offer, 'optionText'> {
  options: Option[]
  /** Codes of the variant's values, in the order of the options. */
  chosen: string[]
}

// Reads the tables that sellers write, never a cache, because buyers are charged by this answer.
export const getOffers: Handler<typeof product, 'getOffers'> = async ({ skus }, ctx) => {
  const rows = await ctx.db.all<OfferRow>(sql`
    select v.sku, v.product_id as "productId", p.seller_id as "sellerId", s.name as "sellerName", p.name, p.options,
           to_json(v.options) as chosen, p.images->0->>'url' as image, v.price, v.currency,
           case when s.is_open or p.state = 'draft' then p.state else 'stopped' end as state
    from product.variants v
    join product.products p on p.id = v.product_id
    join product.sellers s on s.id = p.seller_id
    where v.sku = any(${skus}::text[])
    order by v.sku`)
  return rows.map(({ options, chosen, ...offer }) => ({ ...offer, optionText: optionText(options, chosen) }))
}

/** The variant's values, for example `Size: 3 kg, Colour: red`; empty for a product without options. */
function optionText(options: readonly Option[], chosen: readonly string[]): Name {
  const inLanguage = (language: keyof Name) =>
    options
      .flatMap(({ name, values }, place) => {
        const value = values.find(({ code }) => code === chosen[place])
        return value ? `${name[language]}: ${value.name[language]}` : []
      })
      .join(', ')
  return { ko: inLanguage('ko'), en: inLanguage('en') }
}
