/**
 * A disk of its own that can be full, in memory. It needs root and the right to mount, and touches nothing outside of the
 * folder at which it is mounted.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Bytes; what is not used takes no memory. */
const SIZE = 4 * 2 ** 30

export interface Disk {
  /** Nothing that needs room can be written from now on; what is there can be read and overwritten. */
  fill(): void
  free(): void
  close(): void
}

/** Why there can be no such disk here; undefined when there can. */
export function diskObstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'to mount a disk needs root'
  const folder = mkdtempSync(join(tmpdir(), 'doran-disk-'))
  try {
    openDisk(folder).close()
    return undefined
  } catch (error) {
    return `a disk cannot be mounted here: ${(error as Error).message.trim().split('\n').at(-1)}`
  } finally {
    rmdirSync(folder)
  }
}

export function openDisk(folder: string): Disk {
  const mount = (options: string) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'doran', folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  function close(): void {
    process.off('exit', close)
    // Lazily: when a run ends before its time, PostgreSQL may still have files open.
    execFileSync('umount', ['--lazy', folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  }
  mkdirSync(folder, { recursive: true })
  mount(`size=${SIZE}`)
  process.once('exit', close)
  return {
    fill() {
      for (let tries = 1; ; tries++) {
        const { blocks, bfree, bsize } = statfsSync(folder)
        // 0 would be no limit.
        const used = Math.max(blocks - bfree, 1) * bsize
        try {
          return void mount(`remount,size=${used}`)
        } catch (error) {
          // Somebody has written meanwhile: a disk cannot be smaller than what is on it.
          if (tries === 20) throw error
        }
      }
    },
    free: () => void mount(`remount,size=${SIZE}`),
    close,
  }
}
