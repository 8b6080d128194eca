/** Events, jobs and sagas across processes and databases. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { job, on, pseudonymise, publish, service, sql } from '@doran/kernel'
import { contract, event, post, Type } from '@doran/kernel/contract'
import { createTestDatabase, makeDue } from '@doran/kernel/testing'
import { noteService, printerService } from '../../kernel/test/note-service.ts'
import { type Member, type MemberOptions, startMember, startStuckProcess, until } from './members.ts'

const told = event('herald.told', Type.Object({ news: Type.String() }))

const herald = contract('herald', {
  tell: post('/tell', { summary: 'Tell', access: 'internal', body: Type.Object({ news: Type.String() }) }),
})
const heraldService = service(herald, {
  operations: {
    tell: ({ news }, { db }) => db.transaction((tx) => publish(tx, told, { news })),
  },
})

const UNREADABLE = 'unreadable'

/** Stores each event with the trace in which it is handled. */
const scribeService = service(contract('scribe', {}), {
  operations: {},
  subscriptions: [
    on(told, async ({ news }, { db }) => {
      if (news === UNREADABLE) throw new Error('the scribe cannot read this')
      await db.run(sql`insert into heard (news, trace) values (${news}, ${db.trace})`)
    }),
  ],
})

const bell = job('bell', {
  cron: '0 0 1 1 *',
  async run({ db }) {
    await db.run(sql`insert into heard (news) values ('dong')`)
  },
})
const towerService = service(contract('tower', {}), { operations: {}, jobs: [bell] })

type TestDatabase = Awaited<ReturnType<typeof createTestDatabase>>
const closing: (() => unknown)[] = []
afterEach(async () => {
  while (closing.length > 0) await closing.pop()?.()
})

async function openDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase([])
  closing.push(database.drop)
  return database
}

async function member(options: MemberOptions): Promise<Member> {
  const started = await startMember(options)
  closing.push(() => started.close())
  return started
}

describe('an event for a service with a database of its own', { timeout: 30_000 }, () => {
  /** Databases of the registry, the publisher and the subscriber. */
  let shared: TestDatabase
  let here: TestDatabase
  let there: TestDatabase
  beforeEach(async () => {
    shared = await openDatabase()
    here = await openDatabase()
    there = await openDatabase()
  })

  const startHerald = () =>
    member({ services: [heraldService], databaseUrl: shared.url, environment: { HERALD_DATABASE_URL: here.url } })
  const startScribe = async () => {
    const scribe = await member({
      services: [scribeService],
      databaseUrl: shared.url,
      environment: { SCRIBE_DATABASE_URL: there.url },
    })
    await scribe.database('scribe').run(sql`create table if not exists heard (news text, trace text)`)
    return scribe
  }
  const subscribed = ({ database }: Member) =>
    until(async () => (await countOf(database('herald'), sql`from doran.subscriptions`)) === 1)
  const heardBy = async ({ database }: Member) =>
    (await database('scribe').all<{ news: string }>(sql`select news from heard order by news`)).map(({ news }) => news)
  const idle = ({ database }: Member, service: string) =>
    until(async () => (await countOf(database(service), sql`from doran.tasks where key is null`)) === 0)

  it('arrives once, in the trace of its publisher', async () => {
    const publisher = await startHerald()
    const subscriber = await startScribe()
    await subscribed(publisher)

    await publisher.client(herald).tell({ news: 'a' })
    await publisher.client(herald).tell({ news: 'b' })
    await until(async () => (await heardBy(subscriber)).length === 2)
    await Promise.all([idle(publisher, 'herald'), idle(subscriber, 'scribe')])

    assert.deepEqual(await heardBy(subscriber), ['a', 'b'])
    const { trace } = await publisher.database('herald').one<{ trace: string }>(sql`
      select trace from doran.events where data->>'news' = 'a'`)
    const heard = await subscriber
      .database('scribe')
      .one<{ trace: string }>(sql`select trace from heard where news = 'a'`)
    assert.equal(heard.trace.split('-')[1], trace.split('-')[1])
  })

  it('arrives once although the relay fails before it can record the delivery', async () => {
    const publisher = await startHerald()
    const subscriber = await startScribe()
    await subscribed(publisher)
    let relayed = 0
    subscriber.http.server.on('request', ({ url }: IncomingMessage) => {
      if (url === '/calls/scribe/doran.receive') relayed++
    })
    await failFirstCompletion(publisher)

    await publisher.client(herald).tell({ news: 'a' })
    await until(() => relayed === 2)
    await Promise.all([idle(publisher, 'herald'), idle(subscriber, 'scribe')])

    assert.deepEqual(await heardBy(subscriber), ['a'])
  })

  it('arrives even if the subscriber starts before the publisher', async () => {
    const early = await startScribe()

    const publisher = await startHerald()
    await subscribed(publisher)
    await publisher.client(herald).tell({ news: 'a' })

    await until(async () => (await heardBy(early)).length === 1)
  })

  it('waits for a subscriber that is down', async () => {
    const publisher = await startHerald()
    const gone = await startScribe()
    await subscribed(publisher)
    await gone.close()

    await publisher.client(herald).tell({ news: 'a' })
    await until(
      async () => (await countOf(publisher.database('herald'), sql`from doran.tasks where attempts > 1`)) === 1,
    )
    const back = await startScribe()

    await until(async () => (await heardBy(back)).length === 1)
    await idle(publisher, 'herald')
  })

  it("loses erased data in the subscriber's database, too, while it cannot be delivered", async () => {
    const publisher = await startHerald()
    const subscriber = await startScribe()
    await subscribed(publisher)
    await publisher.client(herald).tell({ news: UNREADABLE })
    await until(
      async () => (await countOf(subscriber.database('scribe'), sql`from doran.tasks where attempts > 0`)) === 1,
    )

    await publisher
      .database('herald')
      .transaction((tx) => pseudonymise(tx, told, { news: UNREADABLE }, { news: 'erased' }))

    await until(async () => (await heardBy(subscriber)).length === 1)
    await Promise.all([idle(publisher, 'herald'), idle(subscriber, 'scribe')])
    assert.deepEqual(await heardBy(subscriber), ['erased'])
  })

  it('arrives once when the subscriber has two instances', async () => {
    const publisher = await startHerald()
    const [one] = [await startScribe(), await startScribe()]
    await subscribed(publisher)

    for (let index = 0; index < 20; index++) await publisher.client(herald).tell({ news: `${index}` })
    await until(async () => (await heardBy(one)).length >= 20)
    await Promise.all([idle(publisher, 'herald'), idle(one, 'scribe')])

    assert.equal(new Set(await heardBy(one)).size, 20)
    assert.equal((await heardBy(one)).length, 20)
  })
})

describe('two processes on one database', { timeout: 30_000 }, () => {
  it('run a job once each time', async () => {
    const database = await openDatabase()
    const towers = [
      await member({ services: [towerService], databaseUrl: database.url }),
      await member({ services: [towerService], databaseUrl: database.url }),
    ]
    const db = (towers[0] as Member).database('tower')
    await db.run(sql`create table heard (news text)`)
    const due = sql`from doran.tasks where handler = 'tower/job:bell' and (run_at <= now() or attempts > 0)`

    for (let time = 1; time <= 10; time++) {
      await makeDue(db, 'tower/job:bell')
      await until(async () => (await countOf(db, due)) === 0)
      assert.equal(await countOf(db, sql`from heard`), time)
    }
  })

  it("continue each other's sagas: one takes over within ten seconds after the other is killed", async () => {
    const database = await createTestDatabase([noteService, printerService])
    closing.push(database.drop)
    const { child, url } = await startStuckProcess(database.url)
    const printing = once(child, 'message')
    await fetch(`${url}/api/notes/a`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'x' }),
    })
    assert.deepEqual((await printing)[0], 'printing')
    const other = await member({ services: [noteService, printerService], databaseUrl: database.url })

    child.kill('SIGKILL')
    await once(child, 'exit')

    const state = async () => {
      const found = await other
        .database('note')
        .one<{ state: string }>(sql`select state from note.notes where id = 'a'`)
      return found.state
    }
    assert.equal(await state(), 'queued')
    await until(async () => (await state()) === 'printed', 10_000)
  })
})

async function countOf(db: ReturnType<Member['database']>, from: ReturnType<typeof sql>): Promise<number> {
  return (await db.one<{ count: number }>(sql`select count(*) ${from}`)).count
}

/** Makes the database refuse the first completion of a relay. */
async function failFirstCompletion({ database }: Member): Promise<void> {
  await database('herald').run(sql`create sequence broken`)
  await database('herald').run(sql`
    create function break() returns trigger language plpgsql as $$
    begin
      if nextval('broken') = 1 then raise 'the line is cut'; end if;
      return old;
    end $$`)
  await database('herald').run(sql`
    create trigger break before delete on doran.tasks
    for each row when (old.handler like 'relay/%') execute function break()`)
}
