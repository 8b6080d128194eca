/** The web application and the pictures of the sample shop: files, sent as they are. */
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A file, of which an address may have more than of other requests. */
    isFile?: true
  }
}

export interface PagesOptions {
  /** Folder of the built web application; without one there is only the API. */
  readonly web?: string | undefined
  /** Folder of the pictures at `/pictures/`. */
  readonly pictures?: string | undefined
}

/** The page has its own policy for hosts that send no headers; this is what it cannot say of itself, and a second lock. */
const APPLICATION_POLICY = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** What is named by its content never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const FOR_A_DAY = 'public, max-age=86400'
/** Asked for again each time, and answered with 304 while it is the same. */
const REVALIDATED = 'no-cache'

/** Addresses at which there is never a page of the application: those of the API and of files. */
const NO_PAGE = /^(api|docs|health|metrics)(\/|$)|\.\w+$/

export async function servePages(app: FastifyInstance, { web, pictures }: PagesOptions): Promise<void> {
  const root = web ?? pictures
  if (!root) return
  await app.register(fastifyStatic, {
    root,
    serve: false,
    preCompressed: true,
    cacheControl: false,
    // Not before: what is not there must not be remembered.
    setHeaders: (reply, path) => void reply.headers(headersOf(path)),
  })
  const config = { isFile: true } as const
  if (pictures) app.get<Rest>('/pictures/*', { config }, ({ params }, reply) => reply.sendFile(params['*'], pictures))
  if (web) {
    app.get<Rest>('/*', { config }, ({ params: { '*': path } }, reply) =>
      reply.sendFile(NO_PAGE.test(path) ? path : 'index.html', web),
    )
  }
}

interface Rest {
  Params: { '*': string }
}

/** The path is that of the file which is sent, so it may be a compressed one's. */
function headersOf(sent: string): Record<string, string> {
  const path = sent.replace(/\.(br|gz)$/, '')
  if (path.endsWith('.html')) {
    return {
      'cache-control': REVALIDATED,
      'content-security-policy': APPLICATION_POLICY,
      'referrer-policy': 'strict-origin-when-cross-origin',
    }
  }
  const kept = path.includes('/assets/') ? FOR_EVER : /\.(avif|svg)$/.test(path) ? FOR_A_DAY : REVALIDATED
  // The application may be served from elsewhere and still shows the pictures.
  return { 'cache-control': kept, 'cross-origin-resource-policy': 'cross-origin' }
}
