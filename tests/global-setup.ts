/** Starts the PostgreSQL that all test files share, once for a run of `npm test`. */
import { startTestPostgres } from '@doran/kernel/testing'

export async function globalSetup(): Promise<void> {
  await startTestPostgres()
}

export async function globalTeardown(): Promise<void> {
  const postgres = await startTestPostgres()
  if (!postgres.adopted) await postgres.stop()
}
