/** Sets up what all test files of a run share: a PostgreSQL, and a folder for the files that they write. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startTestPostgres, testFolder } from '@doran/kernel/testing'

export async function globalSetup(): Promise<void> {
  await startTestPostgres()
  // Each file is a process of its own and loads the same modules.
  process.env.NODE_COMPILE_CACHE = join(testFolder.path, 'modules')
  if (testFolder.inMemory) {
    process.env.TMPDIR = join(testFolder.path, 'temporary')
    mkdirSync(process.env.TMPDIR, { recursive: true })
  }
}

export async function globalTeardown(): Promise<void> {
  const postgres = await startTestPostgres()
  if (postgres.adopted) return
  await postgres.stop()
  if (testFolder.inMemory) rmSync(testFolder.path, { recursive: true, maxRetries: 3 })
}
