/**
 * Equal shares of the processors for programs of one machine, whenever not all of them can run: what services of systemd
 * and containers have anyway. Elsewhere Linux shares them out by session (sched(7), autogroup), and that is far from equal:
 * each of PostgreSQL's backends opens a session of its own, while all that was started from one terminal is in one.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { childrenOf } from './processes.ts'

const MOUNTED = '/sys/fs/cgroup'

/**
 * A control group for each program, of which one process is named; its children belong to it, also later ones, unless they
 * are programs of their own. Answers what undoes it. Where that is not permitted, it says so, and everything stays as it is.
 */
export function shareEqually(programs: Readonly<Record<string, number>>): () => void {
  // Version 2 has one tree of groups, version 1 one for each kind of resource.
  const tree = existsSync(join(MOUNTED, 'cgroup.controllers')) ? MOUNTED : join(MOUNTED, 'cpu')
  const home = join(tree, groupOf(process.pid), 'cgroup.procs')
  const made: string[] = []
  const undo = () => {
    for (const group of made.splice(0)) {
      // Until nobody is left: a process may have had children since it was looked for.
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

/** Where a process is in the tree of groups that shares out processors. */
function groupOf(pid: number): string {
  const [, path = '/'] =
    /^(?:\d+:(?:\S+,)?cpu(?:,\S+)?|0:):(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'latin1')) ?? []
  return path
}

const membersOf = (group: string): string[] =>
  readFileSync(join(group, 'cgroup.procs'), 'latin1').split('\n').filter(Boolean)

/** A process that has ended meanwhile needs no place. */
function move(pid: string, procs: string): void {
  try {
    writeFileSync(procs, pid)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
