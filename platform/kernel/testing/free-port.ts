import { once } from 'node:events'
import { createServer } from 'node:net'

// Below the range of ephemeral ports, so no outgoing connection takes a server's port while the server restarts.
const FIRST_PORT = 22_000
const PORT_COUNT = 10_000

/** Returns a port that is free now, for a server whose address others must know before it listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORT_COUNT)
    const probe = createServer().listen(port, '127.0.0.1')
    try {
      await once(probe, 'listening')
    } catch {
      continue
    }
    probe.close()
    await once(probe, 'close')
    return port
  }
}
