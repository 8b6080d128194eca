import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { brotliCompressSync } from 'node:zlib'
import { gatewayConfig, openApi, publicDoor } from '@doran/gateway'
import { service } from '@doran/kernel'
import { contract, get, Type } from '@doran/kernel/contract'
import { readConfig } from '@doran/kernel/platform'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'

const echo = service(
  contract('echo', {
    say: get('/echo', { summary: 'Say', access: 'anyone', reply: Type.Object({ said: Type.String() }) }),
  }),
  { operations: { say: async () => ({ said: 'echo' }) } },
)

const PAGE = '<!doctype html><title>Doran</title>'
const FILES = {
  'web/index.html': PAGE,
  'web/index.html.br': brotliCompressSync(PAGE),
  'web/config.json': '{"apiUrl":""}',
  'web/assets/main-1a2b.js': 'console.log(1)',
  'pictures/products/apple.avif': 'a picture',
  'secret.txt': 'not for anybody',
}

describe('the pages of the gateway', () => {
  let folder: string
  let platform: TestPlatform
  const ask = (path: string, headers: Record<string, string> = {}) => platform.request('GET', path, { headers })

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'doran-pages-'))
    for (const [name, content] of Object.entries(FILES)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), content)
    }
    const pages = { web: join(folder, 'web'), pictures: join(folder, 'pictures') }
    platform = await start(pages, { RATE_LIMIT_PER_IP: '20', RATE_LIMIT_FILES_PER_IP: '200' })
  })
  after(async () => {
    await platform.close()
    await rm(folder, { recursive: true })
  })

  it('are the application at every path that belongs neither to the API nor to a file', async () => {
    for (const path of ['/', '/cart', '/products/0190', '/community/article/아침', '/apiary']) {
      const { status, headers, body } = await ask(encodeURI(path))

      assert.equal(status, 200, path)
      assert.match(String(headers['content-type']), /text\/html/)
      assert.equal(body, PAGE)
    }
  })

  it('cannot be framed', async () => {
    const { headers } = await ask('/')

    assert.match(String(headers['content-security-policy']), /^object-src 'none'.*frame-ancestors 'none'/)
    assert.equal(headers['cache-control'], 'no-cache')
  })

  it('are sent in their precompressed form', async () => {
    const { headers } = await ask('/', { 'accept-encoding': 'br' })

    assert.equal(headers['content-encoding'], 'br')
    assert.equal(headers['content-length'], String(FILES['web/index.html.br'].length))
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/)
    assert.equal(headers['cache-control'], 'no-cache')
  })

  it('are cached for ever if their name has a content hash', async () => {
    assert.match(String((await ask('/assets/main-1a2b.js')).headers['cache-control']), /immutable/)
    assert.equal((await ask('/config.json')).headers['cache-control'], 'no-cache')
    assert.match(String((await ask('/pictures/products/apple.avif')).headers['cache-control']), /max-age=86400/)
  })

  it('do not hide the API', async () => {
    assert.deepEqual((await ask('/api/echo')).body, { said: 'echo' })
    for (const path of ['/api/nothing', '/docs/nothing', '/health/nothing']) {
      const { status, body } = await ask(path)

      assert.equal(status, 404, path)
      assert.equal((body as { code: string }).code, 'route_not_found')
    }
  })

  it('answer missing files with a 404 that is not cached', async () => {
    for (const path of ['/assets/main-old.js', '/pictures/products/none.avif', '/pictures/products']) {
      const { status, headers } = await ask(path)

      assert.equal(status, 404, path)
      assert.equal(headers['cache-control'], 'no-store', path)
    }
  })

  it('never serve files outside their folder', async () => {
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/pictures/..%2f..%2fsecret.txt',
      '/pictures/%2e%2e/secret.txt',
    ]) {
      const { body } = await ask(path)

      assert.doesNotMatch(JSON.stringify(body), /not for anybody/, path)
    }
  })

  it('do not count towards the request limit of an address', async () => {
    for (let picture = 0; picture < 30; picture++) {
      assert.equal((await ask('/pictures/products/apple.avif')).status, 200)
    }
    const statuses = []
    for (let call = 0; call < 21; call++) statuses.push((await ask('/api/echo')).status)
    assert.equal(statuses.at(-1), 429)
  })

  it('have a rate limit of their own', async () => {
    const statuses = []
    for (let file = 0; file < 201; file++) statuses.push((await ask('/config.json')).status)

    assert.equal(statuses.at(-1), 429)
    assert.equal((await ask('/pictures/products/apple.avif')).status, 429)
  })
})

it('a gateway without a built application serves only the API', async () => {
  const platform = await start({})
  try {
    assert.equal((await platform.request('GET', '/')).status, 404)
    assert.equal((await platform.request('GET', '/api/echo')).status, 200)
  } finally {
    await platform.close()
  }
})

function start(pages: { web?: string; pictures?: string }, environment: Record<string, string> = {}) {
  const [config] = readConfig([gatewayConfig], environment)
  const api = openApi([echo], { version: '1.0.0' })
  return startPlatform({ services: [echo], edge: publicDoor({ config, api, errors: [], pages }) })
}
