import { type Handler, sql } from '@doran/kernel'
import type { Offer, product } from '../contract.ts'

// Read from the tables that sellers write, never from a cache: money is taken by what is answered here.
export const getOffers: Handler<typeof product, 'getOffers'> = ({ skus }, ctx) =>
  ctx.db.all<Offer>(sql`
    select v.sku, v.product_id as "productId", p.seller_id as "sellerId", s.name as "sellerName", p.name,
           chosen.text as "optionText", p.images->0->>'url' as image, v.price, v.currency, p.state
    from product.variants v
    join product.products p on p.id = v.product_id
    join product.sellers s on s.id = p.seller_id
    cross join lateral (
      select jsonb_build_object(
        'ko', coalesce(string_agg(concat(o.option->'name'->>'ko', ': ', value->'name'->>'ko'), ', ' order by o.place), ''),
        'en', coalesce(string_agg(concat(o.option->'name'->>'en', ': ', value->'name'->>'en'), ', ' order by o.place), '')
      ) as text
      from jsonb_array_elements(p.options) with ordinality as o(option, place)
      join lateral jsonb_array_elements(o.option->'values') value on value->>'code' = v.options[o.place]
    ) chosen
    where v.sku = any(${skus}::text[])
    order by v.sku`)
