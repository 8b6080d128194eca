import { once } from 'node:events'
import { createServer } from 'node:net'

// Below what the system gives to connections that leave: a server finds its port free also when it starts again.
const FIRST = 22_000
const COUNT = 10_000

/** A port that is free at this moment, for a server whose address others must know before it listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
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
