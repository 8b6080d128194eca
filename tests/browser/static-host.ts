/** A host of static files, for built pages. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { extname, join } from 'node:path'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.avif': 'image/avif',
}

/** Serves the files below `base`, and `404.html` with its status for everything else. */
export async function serveLikeGitHubPages(folder: string, base: string, port: number): Promise<Server> {
  const host = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname.slice(base.length) || 'index.html'
    const content = await readFile(join(folder, path)).catch(() => undefined)
    response.writeHead(content ? 200 : 404, {
      'content-type': TYPES[extname(content ? path : '404.html')] ?? 'text/plain',
    })
    response.end(content ?? (await readFile(join(folder, '404.html'))))
  }).listen(port, '127.0.0.1')
  await once(host, 'listening')
  return host
}
