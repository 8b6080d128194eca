/**
 * A second machine on this one: a network namespace with its own address, which firewall rules can cut off. It needs
 * root, `ip` (iproute2) and `nft` (nftables), and touches nothing outside its own interface and table.
 */
import { execFileSync } from 'node:child_process'

export interface Network {
  /** Address of this machine, as the second machine sees it. */
  readonly here: string
  readonly there: string
  /** Prefix of a command that runs it on the second machine. */
  readonly launcher: readonly string[]
  /** Drops all packets, or those of one direction: out of this machine, or into it. */
  cutOff(direction: Direction): void
  heal(): void
  close(): void
}

export type Direction = 'both' | 'out' | 'in'

/** Returns why a second machine is impossible here; undefined if it is possible. */
export function obstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  for (const command of ['ip', 'nft']) {
    try {
      execFileSync(command, ['-V'], { stdio: 'ignore' })
    } catch {
      return `there is no ${command} (Debian: iproute2, nftables)`
    }
  }
  return undefined
}

export function openNetwork(): Network {
  // Interface names have 15 characters at most.
  const name = `doran-${process.pid}`
  const [outside, inside] = [`dp${process.pid}a`, `dp${process.pid}b`]
  const subnet = `10.203.${process.pid % 250}`
  const [here, there] = [`${subnet}.1`, `${subnet}.2`]
  const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const nft = (rules: string) => execFileSync('nft', ['-f', '-'], { input: rules, stdio: ['pipe', 'ignore', 'pipe'] })
  const rules = (out: string, into: string) => `
    table inet ${name} {
      chain out { type filter hook output priority 0; ${out} }
      chain into { type filter hook input priority 0; ${into} }
    }`
  const forget = () => nft(`table inet ${name}\ndelete table inet ${name}`)

  ip('netns', 'add', name)
  ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', name)
  ip('address', 'add', `${here}/24`, 'dev', outside)
  ip('link', 'set', outside, 'up')
  ip('-n', name, 'address', 'add', `${there}/24`, 'dev', inside)
  ip('-n', name, 'link', 'set', inside, 'up')
  ip('-n', name, 'link', 'set', 'lo', 'up')

  return {
    here,
    there,
    launcher: ['ip', 'netns', 'exec', name],
    cutOff(direction) {
      forget()
      const out = direction === 'in' ? '' : `oifname "${outside}" drop;`
      const into = direction === 'out' ? '' : `iifname "${outside}" drop;`
      nft(rules(out, into))
    },
    heal: forget,
    close() {
      forget()
      ip('netns', 'delete', name)
    },
  }
}
