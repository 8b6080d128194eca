import type { Product } from '@doran/product/contract'
import { useEffect } from 'react'
import { addressOf } from '../../api/config.ts'
import { useLanguage } from '../../language/language.ts'
import { available, type Stock } from './variants.ts'

/** Describes the product to search engines (https://schema.org/Product). */
export function StructuredData({ product, stock }: { product: Product; stock: Stock }) {
  const language = useLanguage()
  useEffect(() => {
    const script = document.createElement('script')
    script.type = 'application/ld+json'
    script.textContent = JSON.stringify(describe(product, stock, language))
    document.head.append(script)
    return () => script.remove()
  }, [product, stock, language])
  return null
}

function describe(product: Product, stock: Stock, language: 'ko' | 'en') {
  const { name, description, images, brand, seller, variants } = product
  return {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: name[language],
    description: description[language],
    image: images.map(({ url }) => new URL(addressOf(url), location.href).href),
    ...(brand && { brand: { '@type': 'Brand', name: brand.name[language] } }),
    offers: variants.map(({ sku, price, currency }) => ({
      '@type': 'Offer',
      sku,
      price,
      priceCurrency: currency,
      availability: `https://schema.org/${available(stock, sku) === 0 ? 'OutOfStock' : 'InStock'}`,
      seller: { '@type': 'Organization', name: seller.name[language] },
    })),
  }
}
