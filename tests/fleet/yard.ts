/** A service with slow work, for tests that stop its processes, and a function that starts such processes. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { on, publish, service } from '@doran/kernel'
import { contract, event, get, post, Streamed, Type } from '@doran/kernel/contract'

const Worked = Type.Object({ by: Type.String() })

export const yard = contract('yard', {
  work: post('/yard/work', {
    summary: 'Work for so many milliseconds',
    access: 'anyone',
    body: Type.Object({ ms: Type.Integer() }),
    reply: Worked,
  }),
  /** Sends an event every 100 ms. */
  feed: get('/yard/feed', {
    summary: 'Tell what happens',
    access: 'anyone',
    query: Type.Object({ events: Type.Integer() }),
    reply: Streamed('text/event-stream'),
  }),
  order: post('/yard/orders', { summary: 'Order work that is done later', access: 'anyone' }),
  talk: get('/yard/talk', { summary: 'Talk', access: 'anyone', socket: true }),
})

const workOrdered = event('yard.work-ordered', Type.Object({}))

/** Longer than any test waits. */
const ENDLESS_MS = 60_000

const pause = (ms: number) => new Promise((wake) => setTimeout(wake, ms).unref())

export const yardService = (instance: string) =>
  service(yard, {
    operations: {
      async work({ ms }) {
        await pause(ms)
        return { by: instance }
      },
      feed: async ({ events }) => told(events),
      order: (_input, ctx) => ctx.db.transaction((tx) => publish(tx, workOrdered, {})),
      talk: async () => {},
    },
    subscriptions: [on(workOrdered, async () => void (await pause(ENDLESS_MS)))],
  })

async function* told(events: number): AsyncIterable<string> {
  for (let number = 1; number <= events; number++) {
    await pause(100)
    yield `data: ${number}\n\n`
  }
}

export interface YardProcess {
  readonly url: string
  readonly child: ChildProcess
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>
}

/** Runs `yard-process.ts` as `yard` or `gateway`. `name` is also its instance name in the fleet. */
export async function startYard(name: string, environment: Record<string, string>): Promise<YardProcess> {
  const child = fork(new URL('./yard-process.ts', import.meta.url), [], {
    env: { ...process.env, DORAN_INSTANCE: name, ...environment },
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  return { url, child, ended }
}
