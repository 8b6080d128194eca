/** What the operating system knows about a process: processor time and memory. Linux only. */
import { readdirSync, readFileSync } from 'node:fs'

/** /proc counts in hundredths of a second on every Linux. */
const TICK_MICROSECONDS = 10_000

/** Returns the microseconds of processor time of all threads, in user and kernel mode. */
export function processorTime(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(pid), 0) * TICK_MICROSECONDS
}

/** Returns the same for a process and its children, including children that have ended. */
export function processorTimeWithChildren(pid: number): number {
  const [, , , , , , , , , , , , , ended = '0', endedInKernel = '0'] = fieldsOf(pid)
  const all = [pid, ...childrenOf(pid)].reduce((sum, one) => sum + ticksOf(one), 0)
  return (all + Number(ended) + Number(endedInKernel)) * TICK_MICROSECONDS
}

export function childrenOf(pid: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((one) => fieldsOf(one)[1] === String(pid))
}

/**
 * Microseconds, over all cores, in which this machine had work to run and the host of this virtual machine ran others.
 */
export function stolenTime(): number {
  return Number(readFileSync('/proc/stat', 'latin1').split(/\s+/, 9)[8]) * TICK_MICROSECONDS
}

function ticksOf(pid: number): number {
  const fields = fieldsOf(pid)
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
}

/** Returns the fields of /proc/<pid>/stat from the state on (proc_pid_stat(5)); none if the process has ended. */
function fieldsOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** Returns megabytes: resident memory, the part that only this process has, and its proportional share. */
export function memoryOf(pid: number): { resident: number; own: number; share: number } {
  const read = (file: string, name: string) => {
    const found = new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))
    return Math.round(Number(found?.[1]) / 1024)
  }
  return {
    resident: read('status', 'VmRSS'),
    own: read('status', 'RssAnon'),
    share: read('smaps_rollup', 'Pss'),
  }
}
