import type { Product } from '@doran/product/contract'
import { useQuery } from '@tanstack/react-query'
import { useMessages } from '../../language/language.ts'
import { Shelf } from '../catalogue/shelf.tsx'
import { similarQuery } from './api/product.ts'
import { productMessages } from './messages.ts'

const MAX_PRODUCTS = 4

/** Shows no error if the products cannot be fetched. */
export function Similar({ product }: { product: Product }) {
  const t = useMessages(productMessages)
  const { data, isPending } = useQuery(similarQuery(product.category))
  const others = data?.filter(({ id }) => id !== product.id).slice(0, MAX_PRODUCTS)
  if (!isPending && !others?.length) return null
  return (
    <section className="mt-16">
      <h2 className="mb-6 text-2xl font-bold">{t('similar')}</h2>
      <Shelf products={others} count={MAX_PRODUCTS} />
    </section>
  )
}
