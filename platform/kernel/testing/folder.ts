import { createHash } from 'node:crypto'
import { existsSync, statfsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ON_DISK = fileURLToPath(new URL('../../../data/test', import.meta.url))
/** Kept by the system in memory, where there is such a folder. */
const MEMORY = '/dev/shm'
/** Bytes, to begin with; a whole run takes a tenth of it. */
const ROOM = 2 * 1024 ** 3

const inMemory = folderInMemory()

/**
 * Where the tests of this checkout write, the same for all of its processes: in memory where there is room. A database
 * for each test is hundreds of files, and on a disk that others keep busy each of them takes seconds.
 */
export const testFolder = { path: inMemory ?? ON_DISK, inMemory: inMemory !== undefined }

function folderInMemory(): string | undefined {
  const path = `${MEMORY}/doran-test-${createHash('sha256').update(ON_DISK).digest('hex').slice(0, 12)}`
  // Anyone may make a folder there.
  if (existsSync(path)) return statSync(path).uid === process.getuid?.() ? path : undefined
  if (!existsSync(MEMORY)) return undefined
  const { bavail, bsize } = statfsSync(MEMORY)
  return bavail * bsize >= ROOM ? path : undefined
}
