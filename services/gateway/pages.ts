/** Serves the web application and the pictures of the sample shop as static files. */
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route serves files, which have a rate limit of their own. */
    isFile?: true
  }
}

export interface PagesOptions {
  /** The folder of the built web application. Absent if there is only the API. */
  readonly web?: string | undefined
  /** The folder of the pictures, served at `/pictures/`. */
  readonly pictures?: string | undefined
}

/**
 * The page has a policy of its own in a `meta` element, for hosts that send no headers. This header adds what a `meta`
 * element cannot express, and repeats some rules as a second line of defence.
 */
const APPLICATION_POLICY = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** For files with a content hash in their name, which never change. */
const CACHE_FOREVER = 'public, max-age=31536000, immutable'
const CACHE_FOR_A_DAY = 'public, max-age=86400'
/** The browser asks every time and gets 304 while the file is unchanged. */
const REVALIDATED = 'no-cache'

/** Paths that never serve the application's page: those of the API and of files. */
const NO_PAGE = /^(api|docs|health|metrics)(\/|$)|\.\w+$/

export async function servePages(app: FastifyInstance, { web, pictures }: PagesOptions): Promise<void> {
  const root = web ?? pictures
  if (!root) return
  await app.register(fastifyStatic, {
    root,
    serve: false,
    preCompressed: true,
    cacheControl: false,
    // Sets the headers only for files that exist, so that nothing caches a 404.
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

/** `sent` is the path of the file on disk, so it may end with `.br` or `.gz`. */
function headersOf(sent: string): Record<string, string> {
  const path = sent.replace(/\.(br|gz)$/, '')
  if (path.endsWith('.html')) {
    return {
      'cache-control': REVALIDATED,
      'content-security-policy': APPLICATION_POLICY,
      'referrer-policy': 'strict-origin-when-cross-origin',
    }
  }
  const kept = path.includes('/assets/') ? CACHE_FOREVER : /\.(avif|svg)$/.test(path) ? CACHE_FOR_A_DAY : REVALIDATED
  // Allows an application that is served from another origin to show the pictures.
  return { 'cache-control': kept, 'cross-origin-resource-policy': 'cross-origin' }
}
