import { createPlatform, databaseUrlOf, type Platform, Pool } from '@doran/kernel/platform'
import { readSettings } from '../config.ts'
import { borrowEmbedded, needsEmbedded } from '../database.ts'
import { identity, services } from '../services.ts'

/** Runs a command on the databases of `doran start`, whether that is running or not. */
async function withDatabaseUrl<T>(work: (url: string | undefined) => Promise<T>): Promise<T> {
  const { kernel } = readSettings(process.env, services)
  if (!needsEmbedded(process.env)) return work(undefined)
  const embedded = await borrowEmbedded(kernel.DORAN_DATA)
  try {
    return await work(embedded.url)
  } finally {
    await embedded.close()
  }
}

/** Runs a command with all services, without a public HTTP server. */
export function withPlatform<T>(work: (platform: Platform) => Promise<T>): Promise<T> {
  return withDatabaseUrl(async (databaseUrl) => {
    const platform = await createPlatform({ services, environment: process.env, databaseUrl, identity })
    try {
      return await work(platform)
    } finally {
      await platform.close()
    }
  })
}

/** Runs a command with the distinct databases and the services that each holds. */
export function withDatabases<T>(work: (databases: Map<string, string[]>) => Promise<T>): Promise<T> {
  return withDatabaseUrl((embedded) => {
    const names = services.map(({ contract }) => contract.name)
    return work(Map.groupBy(names, (name) => databaseUrlOf(name, process.env) ?? (embedded as string)))
  })
}

/** Runs a command with a few connections to each database, and closes them at the end. */
export function withPools<T>(work: (pools: Pool[]) => Promise<T>): Promise<T> {
  return withDatabases(async (databases) => {
    const pools = [...databases.keys()].map((url) => new Pool(url, 5))
    try {
      return await work(pools)
    } finally {
      await Promise.all(pools.map((pool) => pool.close()))
    }
  })
}
