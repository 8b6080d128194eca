/** `--profile`: where a server spends its processor time under one load, measured by its inspector. */
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { resultsFolder } from './rows.ts'

const MAX_SHOWN = 15

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  samples: number[]
  timeDeltas: number[]
}

/** Writes `<what>.cpuprofile` for a browser's developer tools, and prints which places and functions used the time. */
export async function profileLoad(what: string, inspector: number, load: () => Promise<unknown>): Promise<void> {
  const session = await openInspector(inspector)
  await session.send('Profiler.enable')
  await session.send('Profiler.setSamplingInterval', { interval: 500 })
  await session.send('Profiler.start')
  await load()
  const { profile } = (await session.send('Profiler.stop')) as { profile: Profile }
  session.close()
  const name = what.replace(/[^\p{L}\d]+/gu, '-')
  writeFileSync(new URL(`${name}.cpuprofile`, resultsFolder()), JSON.stringify(profile))
  printSummary(what, profile)
}

/** Opens a session of the Chrome DevTools protocol with the server. */
async function openInspector(port: number) {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    webSocketDebuggerUrl: string
  }[]
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '')
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  const waiting = new Map<number, (result: unknown) => void>()
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown }
    waiting.get(id)?.(result)
  }
  let last = 0
  return {
    async send(method: string, params: object = {}): Promise<unknown> {
      const id = ++last
      const answered = new Promise<unknown>((resolve) => waiting.set(id, resolve))
      socket.send(JSON.stringify({ id, method, params }))
      return Promise.race([
        answered,
        pause(30_000, undefined, { ref: false }).then(() => Promise.reject(new Error(`no answer to ${method}`))),
      ])
    },
    close: () => socket.close(),
  }
}

function printSummary(what: string, { nodes, samples, timeDeltas }: Profile): void {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const byFunction = new Map<string, number>()
  const byPlace = new Map<string, number>()
  let busy = 0
  for (const [index, sample] of samples.entries()) {
    const { functionName = '', url = '', lineNumber = 0 } = frames.get(sample) ?? {}
    const time = timeDeltas[index] ?? 0
    if (functionName === '(idle)') continue
    busy += time
    const place = placeOf(functionName, url)
    const at = url ? ` (${url.split('/').slice(-2).join('/')}:${lineNumber + 1})` : ''
    byPlace.set(place, (byPlace.get(place) ?? 0) + time)
    byFunction.set(
      `${functionName || 'anonymous'}${at}`,
      (byFunction.get(`${functionName || 'anonymous'}${at}`) ?? 0) + time,
    )
  }
  const top = (times: Map<string, number>) =>
    [...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, MAX_SHOWN)
      .map(([name, time]) => `${((time / busy) * 100).toFixed(1).padStart(5)} %  ${name}`)
      .join('\n')
  console.log(
    `\n## Processor time of: ${what}\n\nby place\n${top(byPlace)}\n\nby function, its own time\n${top(byFunction)}`,
  )
}

/** Returns whose code it is: a library, a part of Doran, or Node.js itself. */
function placeOf(functionName: string, url: string): string {
  if (functionName.startsWith('(')) return functionName
  const library = /node_modules\/((?:@(?!doran)[^/]+\/)?[^/]+)/.exec(url)?.[1]
  if (library) return library
  const own = /\/(kernel|fleet|apps|services\/[^/]+)\//.exec(url)?.[1]
  if (own) return own
  return url.startsWith('node:') || url === '' ? `node ${url.replace('node:', '') || 'native'}` : url
}
