/** Who may read metrics: they show how many people sign up, fail to sign in and buy. */
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { describe, it } from 'node:test'
import { freePort, startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { noteService, printerService } from './note-service.ts'

const services = [noteService, printerService]
const [outside] = Object.values(networkInterfaces())
  .flat()
  .filter((address) => address?.family === 'IPv4' && !address.internal)

/** Runs `test` with a public process that listens on all addresses. */
async function withDoor(environment: Record<string, string>, test: (url: (host?: string) => string) => Promise<void>) {
  const platform: TestPlatform = await startPlatform({
    services,
    environment: { PORT: '0', HOST: '0.0.0.0', ...environment },
    edge: async () => {},
  })
  try {
    const port = await platform.listen()
    await test((host = '127.0.0.1') => `http://${host}:${port}/metrics`)
  } finally {
    await platform.close()
  }
}

describe('metrics', { timeout: 30_000 }, () => {
  const statusOf = async (url: string, headers = {}) => (await fetch(url, { headers })).status

  it('of a public door are answered to its own machine, and to nobody through a proxy', async () => {
    await withDoor({}, async (url) => {
      assert.equal(await statusOf(url()), 200)
      for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
        assert.equal(await statusOf(url(), { [name]: '127.0.0.1' }), 404, name)
      }
    })
  })

  it('of a public door are not answered to other machines', { skip: !outside && 'there is no network' }, async () => {
    await withDoor({}, async (url) => {
      const response = await fetch(url(outside?.address))

      assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [404, 'route_not_found'])
    })
  })

  it('of a public door behind a trusted proxy are not answered to clients that claim to be this machine', async () => {
    await withDoor({ TRUST_PROXY: '1' }, async (url) => {
      assert.equal(await statusOf(url(), { 'x-forwarded-for': '127.0.0.1' }), 404)
    })
  })

  it('may have a port of their own, which answers nothing else; then the door has none', async () => {
    const own = String(await freePort())
    await withDoor({ METRICS_PORT: own }, async (url) => {
      const scraped = await fetch(`http://127.0.0.1:${own}/metrics`)

      assert.match(scraped.headers.get('content-type') ?? '', /^text\/plain; version=/)
      assert.match(await scraped.text(), /^process_cpu_seconds_total /m)
      assert.equal(await statusOf(`http://127.0.0.1:${own}/health/live`), 404)
      assert.equal((await fetch(`http://127.0.0.1:${own}/metrics`, { method: 'POST' })).status, 404)
      assert.equal(await statusOf(url()), 404)
    })
    await assert.rejects(fetch(`http://127.0.0.1:${own}/metrics`))
  })

  it('cannot have a port that is in use, and the error says so', async () => {
    const platform = await startPlatform({ services, environment: { PORT: '0' } })
    try {
      const METRICS_PORT = String(await platform.listen())

      await assert.rejects(
        withDoor({ METRICS_PORT }, async () => {}),
        /METRICS_PORT \d+ cannot be opened on 127\.0\.0\.1 \(EADDRINUSE\)/,
      )
    } finally {
      await platform.close()
    }
  })
})
