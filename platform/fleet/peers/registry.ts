/**
 * Discovery for processes that share only a database. Each process registers itself, writes a heartbeat every second,
 * and counts as dead after {@link LIFETIME_SECONDS} without one. The database's clock decides. During an outage of the
 * database all processes keep the instances that they know, and for a while after it, until every process has had time
 * for a heartbeat.
 */
import { type Queryable, sql } from '@doran/kernel'
import { Listener, Pool } from '@doran/kernel/platform'
import type { Logger } from 'pino'
import type { Discovery, Instance } from './discovery.ts'

export interface RegisteredInstance extends Instance {
  readonly services: readonly string[]
  readonly version: string
  readonly state: 'ready' | 'leaving'
  /** ISO 8601. */
  readonly startedAt: string
  /** Seconds since its last heartbeat. */
  readonly age: number
}

const HEARTBEAT_MS = 1_000
const LIFETIME_SECONDS = 3.5
const FORGET_AFTER_SECONDS = 60

export class Registry implements Discovery {
  readonly #pool: Pool
  readonly #listener: Listener
  readonly #log: Logger
  readonly #changed: (() => void)[] = []
  #byService = new Map<string, Instance[]>()
  #known: readonly RegisteredInstance[] = []
  #own: Omit<RegisteredInstance, 'startedAt' | 'age'> | undefined
  #timer: NodeJS.Timeout | undefined
  #isFailing = false
  /** When every process has had time for a heartbeat after an outage; on the clock of `performance.now()`. */
  #settledAt = 0

  constructor(databaseUrl: string, log: Logger) {
    this.#pool = new Pool(databaseUrl, 1)
    this.#listener = new Listener(databaseUrl)
    this.#log = log
  }

  async start(): Promise<void> {
    this.#listener.on('doran_instances', () => void this.#heartbeat())
    this.#listener.onReconnect(() => void this.#heartbeat())
    await this.#listener.start()
    await this.#heartbeat()
    this.#timer = setInterval(() => void this.#heartbeat(), HEARTBEAT_MS)
  }

  find(service: string): readonly Instance[] {
    return this.#byService.get(service) ?? []
  }

  onChange(handler: () => void): void {
    this.#changed.push(handler)
  }

  /** Registers this process. Others may call it from now on. */
  async join(own: { id: string; url: string; services: readonly string[]; version: string }): Promise<void> {
    this.#own = { ...own, state: 'ready' }
    await this.#heartbeat()
    await this.#notify()
  }

  /** Asks the other processes to stop calling this one. They hear it within milliseconds. */
  async leave(): Promise<void> {
    if (!this.#own) return
    this.#own = { ...this.#own, state: 'leaving' }
    await this.#heartbeat()
    await this.#notify()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const id = this.#own?.id
    this.#own = undefined
    if (id) await this.#database.run(sql`delete from doran.instances where id = ${id}`).catch(() => {})
    await this.#listener.close()
    await this.#pool.close()
  }

  get #database(): Queryable {
    return this.#pool.at(0)
  }

  async #notify(): Promise<void> {
    await this.#database.run(sql`select pg_notify('doran_instances', '')`).catch(() => {})
  }

  /** Writes the heartbeat of this process and reads the live instances. */
  async #heartbeat(): Promise<void> {
    try {
      if (this.#own) await writeHeartbeat(this.#database, this.#own)
      const found = await listInstances(this.#database)
      if (this.#isFailing) {
        this.#log.info('the registry of instances answers again')
        this.#settledAt = performance.now() + LIFETIME_SECONDS * 1_000
      }
      this.#isFailing = false
      const missing = this.#known.filter((known) => !found.some(({ id }) => id === known.id))
      const unconfirmed = performance.now() < this.#settledAt ? missing : []
      this.#update([...found.filter(({ state }) => state === 'ready'), ...unconfirmed])
    } catch (error) {
      if (!this.#isFailing)
        this.#log.warn({ err: error }, 'the registry of instances does not answer; continuing with the known instances')
      this.#isFailing = true
    }
  }

  #update(instances: readonly RegisteredInstance[]): void {
    const before = addresses(this.#known)
    this.#known = instances
    if (addresses(instances) === before) return
    this.#byService = new Map()
    for (const { id, url, services } of instances) {
      for (const service of services) {
        this.#byService.set(service, [...(this.#byService.get(service) ?? []), { id, url }])
      }
    }
    for (const handler of this.#changed) handler()
  }
}

function addresses(instances: readonly RegisteredInstance[]): string {
  return instances
    .map(({ id, url }) => `${id} ${url}`)
    .sort()
    .join()
}

async function writeHeartbeat(db: Queryable, own: Omit<RegisteredInstance, 'startedAt' | 'age'>): Promise<void> {
  await db.run(sql`
    insert into doran.instances (id, url, services, version, state)
    values (${own.id}, ${own.url}, ${own.services}::text[], ${own.version}, ${own.state})
    on conflict (id) do update set
      seen_at = now(), url = excluded.url, services = excluded.services, version = excluded.version,
      state = excluded.state`)
}

/** Lists the live instances. Deletes those without a heartbeat for {@link FORGET_AFTER_SECONDS}. */
export function listInstances(db: Queryable): Promise<RegisteredInstance[]> {
  return db.all<RegisteredInstance>(sql`
    with forgotten as (
      delete from doran.instances where seen_at < now() - make_interval(secs => ${FORGET_AFTER_SECONDS})
    )
    select id, url, services, version, state, started_at as "startedAt",
           extract(epoch from now() - seen_at)::double precision as age
    from doran.instances
    where seen_at > now() - make_interval(secs => ${LIFETIME_SECONDS})
    order by id`)
}
