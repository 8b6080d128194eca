/**
 * Measures what a visitor with a slow phone waits for, and fails above the budgets.
 *
 *     npm run check:budgets
 *     npm run check:budgets -- --without-clock    reports times without judging them, for machines with other work
 *
 * The phone is Lighthouse's: four times slower than this machine, 1.6 Mbit/s down, 0.75 Mbit/s up, and 150 ms of
 * latency. Five first-time visitors open each screen; the median counts.
 */
import { parseArgs } from 'node:util'
import type { Request } from 'playwright-core'
import { openShop } from './shop.ts'
import { closeBrowser, newVisitor } from './visitor.ts'

const BUDGETS = {
  /** Compressed bytes of all scripts of the first load. */
  script: 150 * 1024,
  /** Milliseconds until the largest content in view is painted. */
  paint: 1_500,
  /** Cumulative layout shift (web.dev/cls). */
  shift: 0.05,
}
const ROUNDS = 5
const CPU_SLOWDOWN = 4
const NETWORK = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 }
/** Wait after which the page no longer changes. */
const SETTLE_MS = 1_500

interface Measured {
  readonly script: number
  readonly paint: number
  readonly shift: number
  /** The element that was painted last as the largest content. */
  readonly largest: string
}

const { values } = parseArgs({ options: { 'without-clock': { type: 'boolean' } } })
const clock = !values['without-clock']

const shop = await openShop()
try {
  const { items } = await shop.admin.product.listProducts({ limit: 1 })
  const screens = { home: '/', product: `/products/${items[0]?.id}`, list: '/categories/food' }
  let broken = 0
  console.log('screen   script kB  largest paint ms  layout shift  largest')
  for (const [name, path] of Object.entries(screens)) {
    const rounds: Measured[] = []
    for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(path))
    const of = (what: 'script' | 'paint' | 'shift') => median(rounds.map((round) => round[what]))
    const [script, paint, shift] = [of('script'), of('paint'), of('shift')]
    console.log(
      name.padEnd(8),
      (script / 1024).toFixed(1).padStart(9),
      paint.toFixed(0).padStart(17),
      shift.toFixed(3).padStart(13),
      ` ${rounds[0]?.largest}`,
    )
    // The budget for the largest paint covers the two screens on which people arrive.
    const over = script > BUDGETS.script || shift > BUDGETS.shift || (clock && name !== 'list' && paint > BUDGETS.paint)
    if (over) broken++
  }
  console.log(
    `budgets ${(BUDGETS.script / 1024).toFixed(1).padStart(10)} ${String(BUDGETS.paint).padStart(17)} ${BUDGETS.shift.toFixed(3).padStart(13)}`,
  )
  if (broken > 0) {
    console.error(`${broken} screens are over a budget.`)
    process.exitCode = 1
  }
} finally {
  await closeBrowser()
  await shop.close()
}

async function measure(path: string): Promise<Measured> {
  const visitor = await newVisitor({ url: shop.url, width: 412, height: 823, language: 'ko' })
  try {
    const { page } = visitor
    const protocol = await visitor.context.newCDPSession(page)
    await protocol.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN })
    await protocol.send('Network.enable')
    await protocol.send('Network.emulateNetworkConditions', NETWORK)
    await page.addInitScript(observe)
    const scripts: Promise<number>[] = []
    const finished = (request: Request) => {
      if (request.resourceType() === 'script')
        scripts.push(request.sizes().then(({ responseBodySize }) => responseBodySize))
    }
    page.on('requestfinished', finished)
    await visitor.open(path)
    await page.waitForLoadState('networkidle')
    await page.waitForTimeout(SETTLE_MS)
    const { paint, shift, largest } = await page.evaluate(() => (globalThis as unknown as Observed).observed)
    page.off('requestfinished', finished)
    const sizes = await Promise.all(scripts)
    return { script: sizes.reduce((sum, size) => sum + size, 0), paint, shift, largest }
  } finally {
    await visitor.close()
  }
}

interface Observed {
  observed: { paint: number; shift: number; largest: string }
}

/** Runs in the page before any other script. */
function observe(): void {
  const observed = { paint: 0, shift: 0, largest: '' }
  Object.assign(globalThis, { observed })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { element, url } = entry as PerformanceEntry & { element?: Element; url?: string }
      observed.paint = entry.startTime
      observed.largest =
        url?.split('/').at(-1) || `${element?.tagName.toLowerCase()} ${element?.textContent?.slice(0, 40)}`
    }
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean }
      if (!hadRecentInput) observed.shift += value
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number
}
