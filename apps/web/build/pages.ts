/** Adds to the built pages: a policy in the page itself, their settings, a page for unknown addresses. */
import { createHash } from 'node:crypto'
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { toRequest } from '@doran/kernel/client'
import { product } from '@doran/product/contract'
import type { Plugin } from 'vite'

/**
 * Static hosts do not send our headers, so the page contains the policy. It allows scripts from the page's own origin
 * only, besides the page's inline script, which it names by its hash. It allows requests only to that origin and to the
 * API, so an injected script could not send tokens anywhere. Members' pictures may come from anywhere.
 */
const POLICY = {
  'default-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data: https: http:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
}

/**
 * Puts the Content-Security-Policy into the page. `apiUrl` is the API's address if it differs from the pages' origin.
 */
export function policyInPage(apiUrl: string): Plugin {
  return {
    name: 'doran-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const own = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
          ([, script = '']) => `'sha256-${sha256(script)}'`,
        )
        const rules = {
          ...POLICY,
          'script-src': ["'self'", ...own].join(' '),
          'connect-src': ["'self'", ...(apiUrl ? [new URL(apiUrl).origin] : [])].join(' '),
        }
        const policy = Object.entries(rules).map((rule) => rule.join(' '))
        const tag = `<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}" />`
        return html.replace('<meta charset="utf-8" />', `<meta charset="utf-8" />\n    ${tag}`)
      },
    },
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

/**
 * Makes the browser load the application in parallel with the first code, which would request it a round trip later.
 */
export function applicationSoon(): Plugin {
  return {
    name: 'doran-application-soon',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const files = Object.keys(bundle).filter((file) => /^assets\/application-.*\.js$/.test(file))
        return files.map((file) => ({
          tag: 'link',
          // The first code and the style sheet come first: they paint something.
          attrs: {
            rel: 'modulepreload',
            fetchpriority: 'low',
            crossorigin: '',
            href: `${process.env.BASE_PATH || '/'}${file}`,
          },
          injectTo: 'head',
        }))
      },
    },
  }
}

/** Fills the request path of a product, from its contract, into the page. */
export function productInPage(): Plugin {
  const { url } = toRequest(product.operations.getProduct, { productId: 'PRODUCT' })
  return {
    name: 'doran-product',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => html.replace('%PRODUCT%', url.replace('PRODUCT', ':productId')),
    },
  }
}

/** The community edition has its own script, without shop code. */
export function editionInPage(mode: string): Plugin {
  return {
    name: 'doran-edition',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        mode === 'community' ? html.replace('/src/main.tsx', '/src/community-edition/main.tsx') : html,
    },
  }
}

/** In development the API has the pages' origin, behind Vite's proxy. */
export function settingsWhileServing(): Plugin {
  return {
    name: 'doran-settings',
    configureServer: ({ middlewares }) => {
      middlewares.use('/config.json', (_request, response) => {
        response.setHeader('content-type', 'application/json')
        response.end('{ "apiUrl": "" }')
      })
    },
  }
}

/** Finishes Vite's build in this folder. `apiUrl` is the API's address if it differs from the pages' origin. */
export async function finishPages(folder: string, apiUrl: string): Promise<void> {
  await writeFile(join(folder, 'config.json'), `${JSON.stringify({ apiUrl }, null, 2)}\n`)
  // GitHub Pages answers every address without a file with this page: all addresses but the first.
  await copyFile(join(folder, 'index.html'), join(folder, '404.html'))
  const files = await readdir(folder, { recursive: true })
  await Promise.all(
    files.filter((name) => /\.(js|css|html|svg)$/.test(name)).map((name) => compress(join(folder, name))),
  )
}

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

/** Writes `<file>.br` and `<file>.gz` beside the file, for servers that send precompressed files. */
async function compress(file: string): Promise<void> {
  const content = await readFile(file)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  await Promise.all([
    brotli(content, { params }).then((small) => writeFile(`${file}.br`, small)),
    gzipped(content, { level: 9 }).then((small) => writeFile(`${file}.gz`, small)),
  ])
}
