/**
 * Gives the programs of one machine equal shares of the processors whenever they compete, as services of systemd and
 * containers have them anyway. Elsewhere Linux shares processors by session (sched(7), autogroup), which is far from
 * equal: each of PostgreSQL's backends opens its own session, while everything started from one terminal is in one.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { childrenOf } from './processes.ts'

const MOUNTED = '/sys/fs/cgroup'

/**
 * Creates a control group for each program, of which one process is named. Its present and later children belong to the
 * group, unless they are programs of their own. Returns a function that undoes it. Where this is not permitted, it
 * prints a warning and changes nothing.
 */
export function shareEqually(programs: Readonly<Record<string, number>>): () => void {
  // Version 2 has one tree of groups, version 1 has one for each kind of resource.
  const tree = existsSync(join(MOUNTED, 'cgroup.controllers')) ? MOUNTED : join(MOUNTED, 'cpu')
  const home = join(tree, groupOf(process.pid), 'cgroup.procs')
  const made: string[] = []
  const undo = () => {
    for (const group of made.splice(0)) {
      // Repeats until the group is empty: a process may have started children meanwhile.
      for (let left = membersOf(group); left.length > 0; left = membersOf(group)) {
        for (const pid of left) move(pid, home)
      }
      rmdirSync(group)
    }
  }
  // However the run ends.
  process.once('exit', undo)
  try {
    for (const [name, pid] of Object.entries(programs)) {
      const group = join(tree, `doran-bench-${process.pid}-${name}`)
      mkdirSync(group)
      made.push(group)
      if (!readdirSync(group).some((file) => file === 'cpu.weight' || file === 'cpu.shares'))
        throw new Error(`${tree} does not share out processors`)
      const children = childrenOf(pid).filter((child) => !Object.values(programs).includes(child))
      for (const one of [pid, ...children]) move(String(one), join(group, 'cgroup.procs'))
    }
  } catch (error) {
    console.warn(`Programs do not have equal shares of the processors here: ${(error as Error).message}`)
    undo()
    return () => {}
  }
  return undo
}

/** Returns where a process is in the tree of groups that shares out processors. */
function groupOf(pid: number): string {
  const [, path = '/'] =
    /^(?:\d+:(?:\S+,)?cpu(?:,\S+)?|0:):(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'latin1')) ?? []
  return path
}

const membersOf = (group: string): string[] =>
  readFileSync(join(group, 'cgroup.procs'), 'latin1').split('\n').filter(Boolean)

/** A process that has ended meanwhile needs no move. */
function move(pid: string, procs: string): void {
  try {
    writeFileSync(procs, pid)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
