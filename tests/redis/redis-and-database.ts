/** A Redis and a database, for tests of the channel over Redis. */
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from '@doran/kernel/platform'
import { createTestDatabase } from '@doran/kernel/testing'
import { type RedisServer, startRedis } from './redis-server.ts'

export interface RedisAndDatabase {
  readonly redis: RedisServer
  /** Connections to the database. */
  readonly pool: Pool
  close(): Promise<void>
}

export async function openRedisAndDatabase(): Promise<RedisAndDatabase> {
  const redis = await startRedis()
  const database = await createTestDatabase([])
  const pool = new Pool(database.url, 5)
  return {
    redis,
    pool,
    async close() {
      await pool.close()
      await database.drop()
      await redis.stop()
    },
  }
}

/** Polls for ten seconds at most until the condition holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    if (await condition()) return
    await pause(20)
  }
  throw new Error('it did not happen within ten seconds')
}
