import type { Product } from '@doran/product/contract'
import { useFormat, useMessages } from '../../language/language.ts'
import { productMessages } from './messages.ts'

/** The seller's description and the table of facts. */
export function Facts({ product }: { product: Product }) {
  const t = useMessages(productMessages)
  const { text } = useFormat()
  const { description, brand, attributes } = product
  const facts = brand ? [{ name: t('brand'), value: text(brand.name) }] : []
  facts.push(...attributes.map(({ name, value }) => ({ name: text(name), value: text(value) })))
  return (
    <div className="mt-14 grid gap-10 border-t border-line pt-10 lg:grid-cols-[minmax(0,38rem)_minmax(24rem,1fr)] lg:gap-16">
      {text(description) && (
        <section>
          <h2 className="text-xl font-bold">{t('description')}</h2>
          <p className="mt-4 max-w-prose text-[1.05rem] leading-8 whitespace-pre-line">{text(description)}</p>
        </section>
      )}
      {facts.length > 0 && (
        <section>
          <h2 className="text-xl font-bold">{t('facts')}</h2>
          <dl className="mt-3 divide-y divide-line">
            {facts.map(({ name, value }) => (
              <div key={name} className="grid grid-cols-[8rem_1fr] gap-4 py-3">
                <dt className="text-muted">{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </div>
  )
}
