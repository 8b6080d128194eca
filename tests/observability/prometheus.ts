/** Runs Debian's `prometheus` with Doran's configuration and rules. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@doran/kernel/testing'

export const MONITORING = fileURLToPath(new URL('../../infrastructure/monitoring/', import.meta.url))

export interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly state: 'pending' | 'firing'
}

export interface Prometheus {
  /** Returns the present samples of a PromQL expression. */
  query(expression: string): Promise<Sample[]>
  alerts(): Promise<Alert[]>
  /** Waits until every target has been scraped after this call. */
  scraped(): Promise<void>
  stop(): Promise<void>
}

/** A target of Prometheus, as in targets.yml. */
export interface ScrapeTarget {
  readonly address: string
  readonly job: string
}

/**
 * Starts Prometheus as configured, except that it scrapes every second instead of every fifteen, and that alerts wait
 * for one second at most.
 */
export async function startPrometheus(targets: readonly ScrapeTarget[]): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'doran-prometheus-'))
  const config = await readFile(join(MONITORING, 'prometheus.yml'), 'utf8')
  const rules = await readFile(join(MONITORING, 'rules.yml'), 'utf8')
  await writeFile(join(folder, 'prometheus.yml'), config.replace(/interval: 15s/g, 'interval: 1s'))
  await writeFile(join(folder, 'rules.yml'), rules.replace(/for: \d+m/g, 'for: 1s'))
  const listed = targets.map(({ address, job }) => ({ targets: [address], labels: { job } }))
  // JSON is YAML, too.
  await writeFile(join(folder, 'targets.yml'), JSON.stringify(listed))
  const url = `http://127.0.0.1:${await freePort()}`
  const server = await run(folder, url)

  async function ask<T>(path: string): Promise<T> {
    const answer = (await (await fetch(`${url}/api/v1/${path}`)).json()) as { data: T; error?: string }
    if (answer.error) throw new Error(`${decodeURIComponent(path)}: ${answer.error}`)
    return answer.data
  }

  return {
    async query(expression) {
      const { result } = await ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
        `query?query=${encodeURIComponent(expression)}`,
      )
      return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }))
    },
    alerts: async () => (await ask<{ alerts: Alert[] }>('alerts')).alerts,
    async scraped() {
      const since = Date.now()
      for (;;) {
        const { activeTargets } = await ask<{ activeTargets: { lastScrape: string }[] }>('targets?state=active')
        const fresh = activeTargets.filter(({ lastScrape }) => Date.parse(lastScrape) > since)
        if (fresh.length === targets.length) break
        await pause(100)
      }
      // A scrape's time is that of its start, and its samples can be queried a little later.
      await pause(1_000)
    },
    async stop() {
      const exited = once(server, 'exit')
      server.kill('SIGTERM')
      await exited
      await rm(folder, { recursive: true })
    },
  }
}

async function run(folder: string, url: string): Promise<ChildProcess> {
  const server = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const failed = once(server, 'error').then(([error]) => {
    throw new Error(`prometheus did not start (${error.code}); it is in Debian's package prometheus`)
  })
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  const ready = async () => {
    while (!(await isReady())) await pause(50)
  }
  await Promise.race([ready(), failed])
  return server
}
