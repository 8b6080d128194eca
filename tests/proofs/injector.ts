/** Injects one fault after the other, restarts processes that have died, and records when. */
import { setTimeout as pause } from 'node:timers/promises'
import { type CrashPoint, crashPoints } from '@doran/kernel/faults'
import { describe, type Fault, PROVIDER, WEBHOOKS } from './plan.ts'
import { HungError, type StartOptions, type System } from './system.ts'

/** A fault that was injected; `at` is in milliseconds since the epoch. */
export interface Injection {
  readonly fault: Fault
  readonly at: number
}

/** Milliseconds; about as long as a process supervisor takes. */
const RESTART_AFTER_MS = 300

export class Injector {
  readonly injections: Injection[] = []
  readonly hits = new Map<CrashPoint, number>()
  /** Processes that died without an injected fault. */
  readonly unexpected: string[] = []
  /** Processes that were started and then were neither ready nor dead. */
  readonly hung: string[] = []
  kills = 0
  readonly #system: System
  readonly #say: (line: string) => void
  readonly #starting = new Map<string, Promise<void>>()
  /** Processes that wait for a crash point or have a wrong clock. */
  readonly #altered = new Set<string>()
  /** Called each time a process has died at a crash point. */
  #onHit: (point: CrashPoint) => void = () => {}

  constructor(system: System, say: (line: string) => void) {
    this.#system = system
    this.#say = say
    system.onDeath = (name, crashedAt) => this.#died(name, crashedAt as CrashPoint | undefined)
  }

  async inject(fault: Fault): Promise<void> {
    this.injections.push({ fault, at: Date.now() })
    this.#say(describe(fault))
    await this.#do(fault)
  }

  /** Returns the crash points at which no process has died yet. */
  missing(): CrashPoint[] {
    return crashPoints.filter((point) => !this.hits.has(point))
  }

  /** Restores all processes, without crash points and with the right time. */
  async restore(): Promise<void> {
    for (const name of this.#system.names) {
      // A process that dies while it starts is started once more.
      while (this.#starting.has(name)) await this.#starting.get(name)
      if (!this.#system.isUp(name) || this.#altered.has(name)) await this.#killAndStart(name)
    }
  }

  async #do(fault: Fault): Promise<void> {
    const system = this.#system
    switch (fault.kind) {
      case 'kill':
        return this.#killAndStart(fault.target)
      case 'crash point':
        return this.#dieAt(fault.target, fault.point, fault.hold)
      case 'stop':
        await system.signal(fault.target, 'SIGSTOP')
        await pause(fault.hold)
        return system.signal(fault.target, 'SIGCONT')
      case 'outage':
        return this.#keepAway(fault.service, fault.hold)
      case 'postgres':
        return system.restartPostgres()
      case 'full disk':
        await system.fillDisk(fault.of)
        await pause(fault.hold)
        return system.freeDisk()
      case 'nothing':
        await pause(fault.hold)
        return
      case 'provider':
        await system.misbehave({ webhooks: {}, api: PROVIDER[fault.how] })
        await pause(fault.hold)
        return system.misbehave()
      case 'webhooks':
        await system.misbehave({ webhooks: WEBHOOKS[fault.how], api: {} })
        await pause(fault.hold)
        return system.misbehave()
      case 'link': {
        const link = fault.to === 'database' ? system.databaseLink : system.providerLink
        if (fault.how === 'slow') link.delay(fault.to === 'database' ? 30 : 300)
        if (fault.how === 'cut') link.cut()
        if (fault.how === 'half-open') link.halfOpen()
        await pause(fault.hold)
        return link.heal()
      }
      case 'partition':
        system.network?.cutOff(fault.direction)
        await pause(fault.hold)
        return system.network?.heal()
      case 'skew':
        await this.#killAndStart(fault.target, { skew: fault.seconds })
        await pause(fault.hold)
        return this.#killAndStart(fault.target)
    }
  }

  async #keepAway(service: string, hold: number): Promise<void> {
    const instances = this.#system.names.filter((name) => name.startsWith(`${service}.`))
    for (const name of instances) await this.#kill(name)
    await pause(hold)
    await Promise.all(instances.map((name) => this.#start(name)))
  }

  async #dieAt(name: string, point: CrashPoint, waitMs: number): Promise<void> {
    const hit = new Promise<void>((resolve) => {
      this.#onHit = (reached) => reached === point && resolve()
    })
    await this.#killAndStart(name, { crashAt: point })
    await Promise.race([hit, pause(waitMs)])
  }

  async #killAndStart(name: string, options?: StartOptions): Promise<void> {
    await this.#kill(name)
    await this.#start(name, options)
  }

  async #kill(name: string): Promise<void> {
    await this.#starting.get(name)
    if (!this.#system.isUp(name)) return
    this.kills++
    await this.#system.signal(name, 'SIGKILL')
  }

  /** Starts a process. Resolves once it is ready, or has died before that, which `onDeath` reports. */
  #start(name: string, options?: StartOptions): Promise<void> {
    if (options) this.#altered.add(name)
    else this.#altered.delete(name)
    const starting: Promise<void> = pause(RESTART_AFTER_MS)
      .then(() => this.#system.start(name, options))
      .catch((error) => {
        if (error instanceof HungError) this.hung.push(name)
        this.#say(`  ${name} did not start: ${String(error.message).split('\n')[0]}`)
      })
      .finally(() => this.#starting.get(name) === starting && this.#starting.delete(name))
    this.#starting.set(name, starting)
    return starting
  }

  #died(name: string, crashedAt: CrashPoint | undefined): void {
    if (crashedAt) {
      this.kills++
      this.hits.set(crashedAt, (this.hits.get(crashedAt) ?? 0) + 1)
      this.#say(`  ${name} died at ${crashedAt}`)
      this.#onHit(crashedAt)
    } else {
      this.unexpected.push(name)
      this.#say(`  ${name} ended by itself`)
    }
    void this.#start(name)
  }
}
