import type { OrderConfig } from './config.ts'
import { returnUrlRefused } from './errors.ts'

const LOCAL_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Buyers trust the payment page, so it may redirect only to the shop. Raises `return_url_refused`. */
export function assertReturnUrl(returnUrl: string, { SHOP_ORIGINS }: OrderConfig): void {
  const url = URL.parse(returnUrl)
  const own = SHOP_ORIGINS.split(',').map((origin) => URL.parse(origin.trim())?.origin)
  const isOwn = url && (SHOP_ORIGINS ? own.includes(url.origin) : LOCAL_HOST.test(url.hostname))
  if (!isOwn) throw returnUrlRefused({ origin: url?.origin ?? returnUrl.slice(0, 200) })
}
