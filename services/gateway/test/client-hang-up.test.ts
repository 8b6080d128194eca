import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request as sendRequest } from 'node:http'
import { after, afterEach, before, describe, it } from 'node:test'
import { keepSilent, until } from '../../../platform/fleet/test/members.ts'
import { type Front, MB, openFront } from './front.ts'

let front: Front
before(async () => {
  front = await openFront()
})
afterEach(() => front.clear())
after(() => front.close())

describe('a client that hangs up', { timeout: 20_000 }, () => {
  it('ends its request at the service', async () => {
    const slow = await front.impostor('left', keepSilent)
    const request = sendRequest(`${front.door.url}/api/left/things/a`)
    request.on('error', () => {})
    request.end()
    await until(() => slow.arrivals.length === 1)

    request.destroy()

    const [arrival] = slow.arrivals as [IncomingMessage]
    await until(() => arrival.socket.destroyed, 1_000)
    const metrics = await (await fetch(`${front.door.url}/metrics`)).text()
    assert.match(metrics, /^doran_http_request_duration_seconds_count\{.*service="left".*,status="gone"\} 1$/m)
    assert.match(metrics, /^doran_requests_in_flight 0$/m)
    assert.equal(front.door.fleet.targets.of('left').peers()[0]?.ejected, false)
  })

  it('during an upload does not count as a failure of the service', async () => {
    const reading = await front.impostor('left', (request) => void request.resume())
    for (let time = 1; time <= 5; time++) {
      const request = sendRequest(`${front.door.url}/api/left/bulk`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', 'content-length': MB },
      })
      request.on('error', () => {})
      request.write(Buffer.alloc(1_000))
      await until(() => reading.arrivals.length === time)
      request.destroy()
      await until(() => reading.arrivals.every(({ socket }) => socket.destroyed), 1_000)
    }

    assert.equal(front.door.fleet.targets.of('left').peers()[0]?.state, 'closed')
  })

  it('ends its download, too', async () => {
    let closed = false
    await front.impostor('left', (_request, response) => {
      response.once('close', () => {
        closed = true
      })
      const write = () => response.write(Buffer.alloc(65_536), () => !closed && setImmediate(write))
      write()
    })
    const request = sendRequest(`${front.door.url}/api/left/bulk`)
    request.end()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    await once(response, 'data')

    response.destroy()

    await until(() => closed, 1_000)
  })
})
