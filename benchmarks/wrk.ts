import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Load {
  /** Requests a second. */
  rate: number
  /** Milliseconds. */
  p50: number
  p99: number
  errors: number
}

/** A path to GET, or more of a request. */
export type WrkRequest = string | { method?: string; path: string; headers?: Record<string, string> }

/**
 * Sends the requests in turn for some seconds, from the second core; the server under
 * test is kept on the first.
 */
export function wrk(
  folder: string,
  baseUrl: string,
  requests: readonly WrkRequest[],
  seconds: number,
  { connections = 32, pinned = true } = {},
): Load {
  const script = join(folder, 'requests.lua')
  writeFileSync(
    script,
    `local requests = {
${requests.map(asLua).join(',\n')}
}
local turn = 0
request = function()
  turn = turn % #requests + 1
  local one = requests[turn]
  return wrk.format(one[1], one[2], one[3])
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %f %f %f %d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end`,
  )
  const run = spawnSync(
    'taskset',
    ['-c', pinned ? '1' : '0-1', 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, baseUrl],
    {
      encoding: 'utf8',
    },
  )
  const result = /RESULT (\S+) (\S+) (\S+) (\S+)/.exec(run.stdout ?? '')
  if (!result)
    throw new Error(
      `wrk did not run: ${run.error?.message ?? run.stderr}. It is in Debian's package wrk; taskset in util-linux.`,
    )
  const [rate, p50, p99, errors] = result.slice(1).map(Number) as [number, number, number, number]
  return { rate, p50, p99, errors }
}

function asLua(request: WrkRequest): string {
  const { method = 'GET', path, headers = {} } = typeof request === 'string' ? { path: request } : request
  const fields = Object.entries(headers).map(([name, value]) => `[${JSON.stringify(name)}]=${JSON.stringify(value)}`)
  return `{${JSON.stringify(method)},${JSON.stringify(path)},{${fields.join(',')}}}`
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}
