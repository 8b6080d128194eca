import { listInstances, type RegisteredInstance } from '@doran/fleet'
import { Pool } from '@doran/kernel/platform'
import { UserError } from '../errors.ts'
import { withDatabases } from './with-platform.ts'

const TIMEOUT_MS = 1_000

/** `doran services`: lists the registered instances and the health that each reports. */
export function servicesCommand(): Promise<void> {
  return withDatabases(async (databases) => {
    const [url] = process.env.DATABASE_URL ? [process.env.DATABASE_URL] : databases.keys()
    const pool = new Pool(url as string, 1)
    try {
      const instances = await listInstances(pool.at(0))
      if (instances.length === 0) {
        throw new UserError(
          'No instance is registered. `doran start` alone runs everything in one process and registers nothing.',
        )
      }
      const rows = await Promise.all(instances.map(rowOf))
      console.log(table([['INSTANCE', 'SERVICES', 'URL', 'VERSION', 'UP', 'HEALTH'], ...rows]))
    } finally {
      await pool.close()
    }
  })
}

async function rowOf({ id, url, services, version, state, startedAt }: RegisteredInstance): Promise<string[]> {
  const seconds = Math.round((Date.now() - Date.parse(startedAt)) / 1000)
  const up = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
  return [id, services.join(','), url, version, up, state === 'leaving' ? 'leaving' : await healthOf(url)]
}

async function healthOf(url: string): Promise<string> {
  // Accepts any certificate: instances show certificates made for services, and this request only asks for health.
  const { Agent, request } = await import('undici')
  const dispatcher = new Agent({
    connect: { rejectUnauthorized: false },
    headersTimeout: TIMEOUT_MS,
    connectTimeout: TIMEOUT_MS,
  })
  try {
    const { body } = await request(`${url}/health/ready`, { dispatcher })
    const { status, reasons } = (await body.json()) as { status: string; reasons: string[] }
    return reasons.length > 0 ? `${status}: ${reasons.join('; ')}` : status
  } catch (error) {
    return `does not answer (${(error as { code?: string }).code ?? (error as Error).name})`
  } finally {
    await dispatcher.close()
  }
}

function table(rows: string[][]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] as number))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
