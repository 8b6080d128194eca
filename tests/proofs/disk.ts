/**
 * A disk in memory that can be made full. It needs root and the right to mount, and touches nothing outside its mount
 * point.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Bytes; unused space takes no memory. */
const SIZE_BYTES = 4 * 2 ** 30

export interface Disk {
  /** From now on nothing that needs space can be written. Existing data can be read and overwritten. */
  fill(): void
  free(): void
  close(): void
}

/** Returns why such a disk is impossible here; undefined if it is possible. */
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
    // Lazily, because PostgreSQL may still have files open when a run ends early.
    execFileSync('umount', ['--lazy', folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  }
  mkdirSync(folder, { recursive: true })
  mount(`size=${SIZE_BYTES}`)
  process.once('exit', close)
  return {
    fill() {
      for (let tries = 1; ; tries++) {
        const { blocks, bfree, bsize } = statfsSync(folder)
        // 0 would mean no limit.
        const used = Math.max(blocks - bfree, 1) * bsize
        try {
          return void mount(`remount,size=${used}`)
        } catch (error) {
          // Another process has written meanwhile, and a disk cannot be smaller than its content.
          if (tries === 20) throw error
        }
      }
    },
    free: () => void mount(`remount,size=${SIZE_BYTES}`),
    close,
  }
}
