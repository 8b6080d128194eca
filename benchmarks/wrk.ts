import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Load } from './rounds.ts'

/** A path to GET, or a request in more detail. */
export type WrkRequest = string | { method?: string; path: string; headers?: Record<string, string>; body?: object }

interface WrkOptions {
  folder: string
  seconds: number
  connections?: number
  /** Runs on the second core; the server under test is on the first. */
  pinned?: boolean
}

/**
 * Sends the requests in turn for some seconds, over `connections` connections, each of which waits for its response.
 */
export async function wrk(
  baseUrl: string,
  requests: readonly WrkRequest[],
  { folder, seconds, connections = 32, pinned = true }: WrkOptions,
): Promise<Load> {
  const script = join(folder, 'requests.lua')
  writeFileSync(script, scriptOf(requests))
  const child = spawn(
    'taskset',
    ['-c', pinned ? '1' : '0-1', 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, baseUrl],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const missing = new Promise<never>((_, reject) => child.once('error', reject))
  const [said, complaint] = await Promise.race([Promise.all([text(child.stdout), text(child.stderr)]), missing])
  const found = /RESULT (\S+) (\S+) (\S+) (\S+) (\S+)/.exec(said)
  if (!found) throw new Error(`wrk did not run: ${complaint}. It is in Debian's package wrk; taskset in util-linux.`)
  const [requested, rate, p50, p99, errors] = found.slice(1).map(Number) as [number, number, number, number, number]
  return { requests: requested, rate, p50, p99, errors }
}

/** Formats the requests once before the load begins, so that sending one costs as little as possible. */
function scriptOf(requests: readonly WrkRequest[]): string {
  return `local requests = {
${requests.map(asLua).join(',\n')}
}
local ready = {}
local turn = 0
init = function()
  for index, one in ipairs(requests) do ready[index] = wrk.format(one[1], one[2], one[3], one[4]) end
end
request = function()
  turn = turn % #ready + 1
  return ready[turn]
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %f %f %f %d\\n", summary.requests, summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end`
}

function asLua(request: WrkRequest): string {
  const { method = 'GET', path, headers = {}, body } = typeof request === 'string' ? { path: request } : request
  const all = { ...headers, ...(body && { 'content-type': 'application/json' }) }
  const fields = Object.entries(all).map(([name, value]) => `[${JSON.stringify(name)}]=${JSON.stringify(value)}`)
  // Encoded twice: Lua reads the quotes of a JSON text like those of any string.
  const content = body ? JSON.stringify(JSON.stringify(body)) : 'nil'
  return `{${JSON.stringify(method)},${JSON.stringify(path)},{${fields.join(',')}},${content}}`
}
