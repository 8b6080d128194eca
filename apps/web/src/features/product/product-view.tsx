import type { Product } from '@doran/product/contract'
import { useQuery } from '@tanstack/react-query'
import { useFormat, useMessages } from '../../language/language.ts'
import { Page } from '../../ui/page.tsx'
import { Banner } from '../../ui/states.tsx'
import { categoriesQuery } from '../catalogue/api/categories.ts'
import { Breadcrumb } from '../catalogue/breadcrumb.tsx'
import { pathTo } from '../catalogue/category-path.ts'
import { BuyingBar } from './buying-bar.tsx'
import { BuyingButtons } from './buying-buttons.tsx'
import { Delivery } from './delivery.tsx'
import { Facts } from './facts.tsx'
import { Gallery } from './gallery.tsx'
import { productMessages } from './messages.ts'
import { Options } from './options.tsx'
import { PRODUCT } from './product-look.ts'
import { QuantityLine } from './quantity-line.tsx'
import { Similar } from './similar.tsx'
import { StockLine } from './stock-line.tsx'
import { StructuredData } from './structured-data.tsx'
import { Title } from './title.tsx'
import { useBuying } from './use-buying.ts'

export function ProductView({ product }: { product: Product }) {
  const t = useMessages(productMessages)
  const { text } = useFormat()
  const { data: tree = [] } = useQuery(categoriesQuery)
  const buying = useBuying(product)
  return (
    <Page title={text(product.name)}>
      <StructuredData product={product} stock={buying.stock} />
      <Breadcrumb path={pathTo(product.category, tree)} />
      <div className={PRODUCT.columns}>
        <Gallery images={product.images} />
        <div className="min-w-0 space-y-6 self-start sm:sticky sm:top-32">
          <Title product={product} variant={buying.variant} />
          {product.state !== 'on-sale' && <Banner tone="warning">{t('notOnSale')}</Banner>}
          <Options product={product} buying={buying} />
          <StockLine buying={buying} />
          <QuantityLine product={product} buying={buying} />
          <BuyingButtons buying={buying} className="hidden sm:flex" />
          <Delivery seller={product.seller} />
        </div>
      </div>
      <Facts product={product} />
      <Similar product={product} />
      <BuyingBar buying={buying} />
    </Page>
  )
}
