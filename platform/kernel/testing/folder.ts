import { createHash } from 'node:crypto'
import { existsSync, statfsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const DISK_FOLDER = fileURLToPath(new URL('../../../data/test', import.meta.url))
/** A folder that the system keeps in memory. It exists on Linux. */
const MEMORY_FOLDER = '/dev/shm'
/** Free space that the folder in memory must have at the start; a whole run takes a tenth of it. */
const MIN_FREE_BYTES = 2 * 1024 ** 3

const inMemory = folderInMemory()

/**
 * The folder to which the tests of this checkout write, the same for all of their processes. It is in memory if there
 * is room: each test's database has hundreds of files, and each file takes seconds on a busy disk.
 */
export const testFolder = { path: inMemory ?? DISK_FOLDER, inMemory: inMemory !== undefined }

function folderInMemory(): string | undefined {
  const path = `${MEMORY_FOLDER}/doran-test-${createHash('sha256').update(DISK_FOLDER).digest('hex').slice(0, 12)}`
  // Any user may create a folder there.
  if (existsSync(path)) return statSync(path).uid === process.getuid?.() ? path : undefined
  if (!existsSync(MEMORY_FOLDER)) return undefined
  const { bavail, bsize } = statfsSync(MEMORY_FOLDER)
  return bavail * bsize >= MIN_FREE_BYTES ? path : undefined
}
