/**
 * Discovery for processes that share a database and nothing else: each enters itself, beats once a second, and is
 * forgotten when it has not for a few. The database's clock counts. When the database is away, everyone goes on with
 * what was known, and for a while afterwards, until all have had time to beat again.
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
  /** Seconds since its last beat. */
  readonly age: number
}

const BEAT = 1_000
const LIFE_SECONDS = 3.5
const FORGET_SECONDS = 60

export class Registry implements Discovery {
  readonly #pool: Pool
  readonly #listener: Listener
  readonly #log: Logger
  readonly #changed: (() => void)[] = []
  #byService = new Map<string, Instance[]>()
  #known: readonly RegisteredInstance[] = []
  #own: Omit<RegisteredInstance, 'startedAt' | 'age'> | undefined
  #timer: NodeJS.Timeout | undefined
  #troubled = false
  /** When everyone has had time to beat after the database was away; milliseconds of this process. */
  #settledAt = 0

  constructor(databaseUrl: string, log: Logger) {
    this.#pool = new Pool(databaseUrl, 1)
    this.#listener = new Listener(databaseUrl)
    this.#log = log
  }

  async start(): Promise<void> {
    this.#listener.on('doran_instances', () => void this.#beat())
    this.#listener.onReconnect(() => void this.#beat())
    await this.#listener.start()
    await this.#beat()
    this.#timer = setInterval(() => void this.#beat(), BEAT)
  }

  find(service: string): readonly Instance[] {
    return this.#byService.get(service) ?? []
  }

  onChange(handler: () => void): void {
    this.#changed.push(handler)
  }

  /** Enters this process; the others may call it from now on. */
  async join(own: { id: string; url: string; services: readonly string[]; version: string }): Promise<void> {
    this.#own = { ...own, state: 'ready' }
    await this.#beat()
    await this.#tell()
  }

  /** Asks the others to call it no more; they hear of it in milliseconds. */
  async leave(): Promise<void> {
    if (!this.#own) return
    this.#own = { ...this.#own, state: 'leaving' }
    await this.#beat()
    await this.#tell()
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

  async #tell(): Promise<void> {
    await this.#database.run(sql`select pg_notify('doran_instances', '')`).catch(() => {})
  }

  /** Tells that this process lives, and looks who else does. */
  async #beat(): Promise<void> {
    try {
      if (this.#own) await beat(this.#database, this.#own)
      const found = await listInstances(this.#database)
      if (this.#troubled) {
        this.#log.info('the registry of instances answers again')
        this.#settledAt = performance.now() + LIFE_SECONDS * 1_000
      }
      this.#troubled = false
      const missing = this.#known.filter((known) => !found.some(({ id }) => id === known.id))
      const awaited = performance.now() < this.#settledAt ? missing : []
      this.#take([...found.filter(({ state }) => state === 'ready'), ...awaited])
    } catch (error) {
      if (!this.#troubled)
        this.#log.warn({ err: error }, 'the registry of instances does not answer; going on with those known')
      this.#troubled = true
    }
  }

  #take(instances: readonly RegisteredInstance[]): void {
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

async function beat(db: Queryable, own: Omit<RegisteredInstance, 'startedAt' | 'age'>): Promise<void> {
  await db.run(sql`
    insert into doran.instances (id, url, services, version, state)
    values (${own.id}, ${own.url}, ${own.services}::text[], ${own.version}, ${own.state})
    on conflict (id) do update set
      seen_at = now(), url = excluded.url, services = excluded.services, version = excluded.version,
      state = excluded.state`)
}

/** Everyone whose heart beats, and forgets those whose has not for a minute. */
export function listInstances(db: Queryable): Promise<RegisteredInstance[]> {
  return db.all<RegisteredInstance>(sql`
    with forgotten as (
      delete from doran.instances where seen_at < now() - make_interval(secs => ${FORGET_SECONDS})
    )
    select id, url, services, version, state, started_at as "startedAt",
           extract(epoch from now() - seen_at)::double precision as age
    from doran.instances
    where seen_at > now() - make_interval(secs => ${LIFE_SECONDS})
    order by id`)
}
