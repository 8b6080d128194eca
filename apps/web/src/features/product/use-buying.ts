import type { Product, Variant } from '@doran/product/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useExplain } from '../../api/use-explain.ts'
import { useFormat, useMessages } from '../../language/language.ts'
import { toast } from '../../ui/toasts.ts'
import { useAddToCart, useBuyNow } from '../cart/api/cart.ts'
import { stockQuery } from './api/product.ts'
import { productMessages } from './messages.ts'
import { type ChoiceState, useChoice } from './use-choice.ts'
import { available, type Stock } from './variants.ts'

const MAX_QUANTITY = 999

export interface Buying extends ChoiceState {
  stock: Stock
  /** How many of the chosen variant can be bought, undefined while unknown. */
  left: number | undefined
  /** Nothing of the choice, or of the whole product, can be bought. */
  unavailable: boolean
  quantity: number
  setQuantity: (quantity: number) => void
  most: number
  /** The buyer pressed a button before the choice was complete. */
  asked: boolean
  /** The action in progress. */
  doing: 'cart' | 'checkout' | undefined
  /** Puts the choice into the cart; or buys it alone and leaves the cart unchanged. */
  buy: (where: 'cart' | 'checkout') => void
}

/** The state and actions from choosing to the cart. */
export function useBuying(product: Product): Buying {
  const chosen = useChoice(product)
  const { data: stock } = useQuery(stockQuery(product))
  const [wanted, setQuantity] = useState(1)
  const [asked, setAsked] = useState(false)
  const { put, doing } = usePut(product)
  const { variant } = chosen
  const left = variant && available(stock, variant.sku)
  const most = Math.max(1, Math.min(left ?? MAX_QUANTITY, MAX_QUANTITY))
  const quantity = Math.min(wanted, most)
  const gone = variant ? left === 0 : product.variants.every(({ sku }) => available(stock, sku) === 0)
  const buy = (where: 'cart' | 'checkout') => {
    setAsked(!variant)
    if (variant) put(variant, quantity, where)
    else document.querySelector<HTMLInputElement>('[data-unchosen] input')?.focus()
  }
  const unavailable = gone || product.state !== 'on-sale'
  return { ...chosen, stock, left, unavailable, quantity, setQuantity, most, asked, doing, buy }
}

/** Puts a variant into the cart, or takes it to the checkout, and reports the outcome. */
function usePut(product: Product) {
  const t = useMessages(productMessages)
  const { text } = useFormat()
  const explain = useExplain()
  const client = useQueryClient()
  const navigate = useNavigate()
  const add = useAddToCart()
  const buyNow = useBuyNow()
  const [doing, setDoing] = useState<'cart' | 'checkout'>()
  const put = async ({ sku }: Variant, quantity: number, where: 'cart' | 'checkout') => {
    setDoing(where)
    try {
      if (where === 'checkout') {
        const { id: cart } = await buyNow.mutateAsync({ sku, quantity })
        await navigate({ to: '/checkout', search: { cart } })
      } else {
        await add.mutateAsync({ sku, quantity })
        const action = { label: t('toCart'), run: () => navigate({ to: '/cart' }) }
        toast(t('added'), { description: text(product.name), action })
      }
    } catch (error) {
      const { title, text: description } = explain(error)
      toast(title, { description, tone: 'failure' })
      client.invalidateQueries({ queryKey: stockQuery(product).queryKey })
    }
    setDoing(undefined)
  }
  return { put, doing }
}
