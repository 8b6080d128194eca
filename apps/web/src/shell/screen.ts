import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/**
 * A screen that loads on first use: `screen(() => import('./cart-screen.tsx'), 'CartScreen')`. The router reloads the
 * page if a new version has removed the file. Without a network a reload would lose the current screen, so the router
 * gets another error then.
 */
export function screen<K extends string>(load: () => Promise<Record<K, () => ReactNode>>, name: K): RouteComponent {
  const loadOnline = () =>
    load().catch((cause) => {
      throw navigator.onLine ? cause : new TypeError('There is no network to load the screen from.', { cause })
    })
  return lazyRouteComponent(loadOnline, name) as RouteComponent
}
