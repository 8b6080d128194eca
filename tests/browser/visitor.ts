/** A visitor with a browser, who records everything that goes wrong in it. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

export interface VisitorOptions {
  /** URL of the shop. A request to any host but this machine is a fault. */
  readonly url: string
  readonly language?: 'ko' | 'en'
  readonly theme?: 'light' | 'dark'
  /** Size of the window in CSS pixels. */
  readonly width?: number
  readonly height?: number
}

export interface Visitor {
  readonly page: Page
  readonly context: BrowserContext
  /** Opens a path of the shop and waits until the page is loaded. */
  open(path: string): Promise<void>
  /** Fails if the console had a warning or an error, a script failed, or the page sent a request to a foreign host. */
  assertQuiet(): void
  /** Accepts console errors that the test causes on purpose, for example those of an offline browser. */
  expectErrors(pattern: RegExp): void
  close(): Promise<void>
}

let browser: Promise<Browser> | undefined

function theBrowser(): Promise<Browser> {
  browser ??= launch()
  return browser
}

async function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(executablePath)) {
    throw new Error(`There is no Chromium at ${executablePath}: install Debian's package chromium, or set CHROMIUM.`)
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] })
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = undefined
}

export async function newVisitor(options: VisitorOptions): Promise<Visitor> {
  const { url, language = 'en', theme = 'light', width = 1280, height = 900 } = options
  const context = await (await theBrowser()).newContext({
    baseURL: url,
    locale: language === 'ko' ? 'ko-KR' : 'en-GB',
    colorScheme: theme,
    viewport: { width, height },
    timezoneId: 'Asia/Seoul',
  })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const faults: string[] = []
  const expected: RegExp[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`script failed: ${error.stack ?? error}`))
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (hostname !== '127.0.0.1' && protocol !== 'data:' && protocol !== 'blob:') {
      faults.push(`foreign request: ${request.url()}`)
    }
  })
  return {
    page,
    context,
    async open(path) {
      await page.goto(path, { waitUntil: 'load' })
      await page.waitForLoadState('networkidle')
    },
    assertQuiet() {
      const unexpected = faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)))
      assert.deepEqual(unexpected, [])
    },
    expectErrors: (pattern) => void expected.push(pattern),
    close: () => context.close(),
  }
}
