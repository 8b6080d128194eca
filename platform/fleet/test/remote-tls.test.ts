import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { newId } from '@doran/kernel'
import { kernelErrors } from '@doran/kernel/platform'
import { createTestDatabase } from '@doran/kernel/testing'
import { type Certificates, makeCertificates } from '../../../apps/server/commands/certs.ts'
import { Registry } from '../peers/registry.ts'
import { depot, depotService, named } from './depot.ts'
import { known, log, type Member, startMember } from './members.ts'

describe('mutual TLS between processes', { timeout: 20_000 }, () => {
  // Certificates are made for our own services only, so the depot gets the name of one.
  const orders = named('order') as unknown as typeof depot
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let folder: string
  let certificates: Certificates
  let secured: Member
  const closing: (() => unknown)[] = []
  const environmentOf = (service: string) => {
    const { cert, key } = certificates.of(service)
    return { DORAN_TLS_CA: certificates.ca, DORAN_TLS_CERT: cert, DORAN_TLS_KEY: key }
  }
  before(async () => {
    database = await createTestDatabase([depotService()])
    folder = await mkdtemp(join(tmpdir(), 'doran-fleet-'))
    certificates = await makeCertificates({ folder })
    const environment = environmentOf('order')
    secured = await startMember({ services: [depotService(orders)], databaseUrl: database.url, environment })
  })
  after(async () => {
    await secured.close()
    await database.drop()
    await rm(folder, { recursive: true })
  })
  afterEach(async () => {
    while (closing.length > 0) await closing.pop()?.()
  })

  /** Sends a request as a client that trusts our authority. */
  async function visit(path: string, service?: string) {
    const { cert, key } = service ? certificates.of(service) : {}
    const [ca, ...own] = await Promise.all([certificates.ca, cert, key].map((file) => file && readFile(file)))
    const asked = httpsRequest(secured.url + path, {
      method: path.startsWith('/calls') ? 'POST' : 'GET',
      ca,
      agent: false,
      ...(service && { cert: own[0], key: own[1] }),
    })
    asked.end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    return { status: response.statusCode, body: JSON.parse((await response.toArray()).join('')) }
  }

  it('accepts calls from services with certificates', async () => {
    const environment = environmentOf('payment')
    const caller = await startMember({ services: [], databaseUrl: database.url, environment })
    closing.push(() => caller.close())
    await known(caller, 'order', 1)

    assert.deepEqual(await caller.client(orders).count({ id: 'four' }), { crates: 4 })
  })

  it('refuses a caller without a certificate', async () => {
    const { status, body } = await visit('/calls/order/look')

    assert.deepEqual([status, body.code], [403, 'certificate_missing'])
    assert.equal((await visit('/calls/order/look', 'payment')).body.code, 'not_our_service')
  })

  it('leaves health checks open', async () => {
    assert.deepEqual(await visit('/health/live'), { status: 200, body: { status: 'live' } })
  })

  it('refuses to call an address at which another service answers', async () => {
    const environment = environmentOf('payment')
    const caller = await startMember({ services: [], databaseUrl: database.url, environment })
    closing.push(() => caller.close())
    const impostor = new Registry(database.url, log)
    await impostor.start()
    closing.push(() => impostor.close())
    await impostor.join({ id: newId(), url: secured.url, services: ['depot'], version: '1.0.0' })
    await known(caller, 'depot', 1)

    await assert.rejects(caller.client(depot).look(), (error: Error) => {
      assert.ok(kernelErrors.serviceUnavailable.is(error))
      assert.match(String(error.cause), /does not match certificate/)
      return true
    })
  })
})
