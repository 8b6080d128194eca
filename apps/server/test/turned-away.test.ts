import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { Child } from '../children.ts'

/** PostgreSQL's answer to a connection while it recovers from a crash. */
function startingUp(): Buffer {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0')
  const head = Buffer.from('E....')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

describe('a process that its database refuses', () => {
  const database = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(startingUp()))
  })
  before(async () => {
    database.listen(0, '127.0.0.1')
    await once(database, 'listening')
  })
  after(() => database.close())

  for (const services of ['order', 'gateway', 'all']) {
    it(`ends with the reason, so that it is restarted: ${services}`, { timeout: 60_000 }, async () => {
      const { port } = database.address() as { port: number }
      const child = new Child({
        name: services,
        command: ['start', '--services', services],
        environment: {
          ...process.env,
          PORT: '0',
          DATABASE_URL: `postgres://doran@127.0.0.1:${port}/doran`,
          PAYMENT_SANDBOX_URL: 'http://127.0.0.1:1',
          DORAN_SERVICE_SECRET: 'a secret that only these tests know',
        },
        onLine: () => {},
      })

      await assert.rejects(child.start(), {
        message: /^The database cannot be used: the database system is starting up\. See that .* DATABASE_URL/,
      })
    })
  }
})
