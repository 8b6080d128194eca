/** How soon processes are ready and how much memory they take, before and after a load. */
import { createFleet } from '../fleet.ts'
import { memoryOf } from '../processes.ts'
import { type Bar, median, type Row } from '../rows.ts'
import type { Server } from '../server.ts'
import type { Suite } from '../suite.ts'
import { wrk } from '../wrk.ts'

const READY = { below: 3_000 }
const ALONE = { below: 90 }
const TOGETHER = { below: 250 }

export async function memory(suite: Suite): Promise<Row[]> {
  await suite.shop('memory')
  const fleet = createFleet(suite, 'memory')
  const rows: Row[] = []
  const auth = await fleet.start('auth')
  const watch = async (what: string, service: string | undefined, bar: Bar) => {
    const ready: number[] = []
    for (let round = 1; round < suite.settings.rounds; round++) {
      const server = await fleet.start(service)
      ready.push(server.took)
      await server.stop()
    }
    const server = await fleet.start(service)
    ready.push(server.took)
    rows.push({ what: `${what}: ready after`, unit: 'ms', doran: median(ready), bar: READY, details: ready })
    rows.push(memoryRow(`${what}: resident after the start`, server, bar))
    const errors = await load(suite, server)
    rows.push({ ...memoryRow(`${what}: resident after load`, server, bar), errors })
    return server
  }
  const service = await watch('product alone', 'product', ALONE)
  const gateway = await watch('gateway alone', 'gateway', ALONE)
  for (const server of [gateway, service, auth]) await server.stop()
  const everything = await watch('everything in one process', undefined, TOGETHER)
  await everything.stop()
  return rows
}

function memoryRow(what: string, { pid }: Server, bar: Bar): Row {
  const details = memoryOf(pid)
  return { what, unit: 'MB', doran: details.resident, bar, details }
}

/** Requests lists and pages for as long as a row of the other parts is under load. Returns the number of errors. */
async function load({ settings, folder }: Suite, { url }: Server): Promise<number> {
  const { items } = (await (await fetch(`${url}/api/products?limit=100`)).json()) as { items: { id: string }[] }
  const paths = ['/api/products?limit=20', ...items.map(({ id }) => `/api/products/${id}`)]
  const { errors } = await wrk(url, paths, { folder, seconds: settings.rounds * settings.seconds, pinned: false })
  return errors
}
