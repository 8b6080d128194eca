/** What the built pages need in addition: a policy in the page itself, their settings, a page for unknown addresses. */
import { createHash } from 'node:crypto'
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { toRequest } from '@doran/kernel/client'
import { product } from '@doran/product/contract'
import type { Plugin } from 'vite'

/**
 * Static hosts send no headers of ours, so the policy stands in the page. Scripts come from where the page comes from
 * and nowhere else, besides the page's own, which is named by its hash. It talks to where it comes from and to the API, so a
 * script that got in all the same could take its tokens nowhere. Members' pictures may be anywhere.
 */
const POLICY = {
  'default-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data: https: http:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
}

/** Puts the Content-Security-Policy into the page. `apiUrl` is where the API is when that is not where the pages are. */
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

/** Has the browser load the application beside the first code, which asks for it a round trip later. */
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
          // The first code and the style sheet come before it: they show something.
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

/** Fills into the page where a product is asked for, as its contract says. */
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

/** The community edition has a script of its own, with nothing of the shop in it. */
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

/** While pages are served for developing, the API is where the pages are: behind Vite's proxy. */
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

/** Finishes what Vite has built in this folder. `apiUrl` is where the API is when that is not where the pages are. */
export async function finishPages(folder: string, apiUrl: string): Promise<void> {
  await writeFile(join(folder, 'config.json'), `${JSON.stringify({ apiUrl }, null, 2)}\n`)
  // GitHub Pages answers with this page where there is no file, which is every address but the first.
  await copyFile(join(folder, 'index.html'), join(folder, '404.html'))
  const files = await readdir(folder, { recursive: true })
  await Promise.all(
    files.filter((name) => /\.(js|css|html|svg)$/.test(name)).map((name) => compress(join(folder, name))),
  )
}

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

/** Writes `<file>.br` and `<file>.gz` beside the file, for servers that send them as they are. */
async function compress(file: string): Promise<void> {
  const content = await readFile(file)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  await Promise.all([
    brotli(content, { params }).then((small) => writeFile(`${file}.br`, small)),
    gzipped(content, { level: 9 }).then((small) => writeFile(`${file}.gz`, small)),
  ])
}
