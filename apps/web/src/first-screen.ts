/**
 * The screens that most people come to first. What they show and the code that shows it are asked for at once, while the
 * application is still on its way; the routes' loaders find it on its way, or there.
 */
import { openHome } from './features/home/api/home.ts'
import { openProduct } from './features/product/api/product.ts'

const SCREENS: readonly [RegExp, (...parts: string[]) => void][] = [
  [
    /^$/,
    () => {
      openHome()
      import('./features/home/home-screen.tsx')
    },
  ],
  [
    /^products\/([^/]+)$/,
    (productId) => {
      openProduct(productId as string)
      import('./features/product/product-screen.tsx')
    },
  ],
]

export function openFirstScreen(): void {
  const path = location.pathname.slice(import.meta.env.BASE_URL.length)
  for (const [pattern, open] of SCREENS) {
    const found = pattern.exec(path)
    if (found) open(...found.slice(1))
  }
}
