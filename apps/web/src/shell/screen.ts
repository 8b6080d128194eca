import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/**
 * A screen that is loaded when somebody goes there: `screen(() => import('./cart-screen.tsx'), 'CartScreen')`. The router
 * loads the page anew when a new version has taken the file away; without a network that would lose what is on the
 * screen, so it is told of another error then.
 */
export function screen<K extends string>(load: () => Promise<Record<K, () => ReactNode>>, name: K): RouteComponent {
  const loadOnline = () =>
    load().catch((cause) => {
      throw navigator.onLine ? cause : new TypeError('There is no network to load the screen from.', { cause })
    })
  return lazyRouteComponent(loadOnline, name) as RouteComponent
}
