import type { Product, Variant } from '@doran/product/contract'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { type Choice, choiceOf, choose, variantOf } from './variants.ts'

export interface ChoiceState {
  choice: Choice
  variant: Variant | undefined
  pick: (option: number, code: string) => void
}

/** The current choice. The address holds a complete choice, so that the buyer can share it. */
export function useChoice(product: Product): ChoiceState {
  const { sku } = useSearch({ from: '/products/$productId' })
  const navigate = useNavigate({ from: '/products/$productId' })
  const [started, setStarted] = useState<Choice>()
  const named = product.variants.find((one) => one.sku === sku)
  const choice = named?.options ?? started ?? choiceOf(product, undefined)
  const pick = (option: number, code: string) => {
    const next = choose(product, choice, option, code)
    setStarted(next)
    navigate({ search: { sku: variantOf(product, next)?.sku }, replace: true, resetScroll: false })
  }
  return { choice, variant: variantOf(product, choice), pick }
}
