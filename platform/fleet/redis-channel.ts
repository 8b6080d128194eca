/** The channel over Redis, for fleets whose services do not share one database. */
import type { Channel } from '@doran/kernel'
import { Topics } from '@doran/kernel/platform'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'

/** The one Redis channel that carries all topics. */
const NAME = 'doran'
const RETRY = { first: 100, longest: 2_000 }
/** A server that is silent for so long is connected to anew; TCP alone would wait a quarter of an hour. */
const LONGEST_SILENCE = 2_000

/** Tells everyone that a sender lost something. */
const GAP = JSON.stringify({ gap: true })

type Hint = { topic: string; message: unknown } | { gap: true }

export interface RedisChannel extends Channel {
  close(): Promise<void>
}

/**
 * Waits for Redis two seconds at most and connects in the background from then on: while it is away nothing waits for
 * it and messages are lost. Whoever may have missed one is told by `onGap`: a process that was away itself once it
 * listens again, and all of them when a sender that lost something is back.
 */
export async function redisChannel(url: string, log: Logger): Promise<RedisChannel> {
  const retryStrategy = (attempt: number) => Math.min(RETRY.first * attempt, RETRY.longest)
  const whileAway = { enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy }
  const publisher = new Redis(url, { ...whileAway, socketTimeout: LONGEST_SILENCE })
  const subscriber = new Redis(url, { ...whileAway, autoResubscribe: false })
  const outage = outages(log)
  const topics = new Topics(log)
  const gaps: (() => void)[] = []
  let lost = false
  let closed = false

  function failed(connection: Redis, err: Error): void {
    if (!closed) outage.began(connection, err)
  }

  async function send(text: string): Promise<void> {
    try {
      await publisher.publish(NAME, text)
      outage.ended(publisher)
    } catch (err) {
      lost = true
      failed(publisher, err as Error)
    }
  }

  /** Looks again only once it listens: what others tell between the two would be missed. */
  async function listen(): Promise<void> {
    try {
      await subscriber.subscribe(NAME)
      outage.ended(subscriber)
      lookAgain()
    } catch (err) {
      failed(subscriber, err as Error)
    }
  }

  async function resume(): Promise<void> {
    if (!lost) return outage.ended(publisher)
    lost = false
    await send(GAP)
  }

  function lookAgain(): void {
    for (const handler of gaps) handler()
  }

  publisher.on('error', (err: Error) => failed(publisher, err))
  subscriber.on('error', (err: Error) => failed(subscriber, err))
  subscriber.on('message', (_name: string, text: string) => {
    const hint = hintOf(text)
    if (!hint) log.warn(`something that is not Doran's was published on the Redis channel ${NAME}; it is ignored`)
    else if ('gap' in hint) lookAgain()
    else topics.deliver(hint.topic, hint.message)
  })
  const ready = [onReady(publisher, resume), onReady(subscriber, listen)]
  await Promise.race([Promise.all(ready), new Promise((resolve) => setTimeout(resolve, RETRY.longest).unref())])

  return {
    async publish(db, topic, message) {
      const text = JSON.stringify({ topic, message })
      db.afterCommit(() => void send(text))
    },
    subscribe: (topic, handler) => topics.subscribe(topic, handler),
    onGap(handler) {
      gaps.push(handler)
    },
    async close() {
      closed = true
      publisher.disconnect()
      subscriber.disconnect()
    },
  }
}

/** Does the work at each connect; resolves when it is done for the first time. */
function onReady(connection: Redis, work: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => connection.on('ready', () => void work().then(resolve)))
}

/** What was published, unless somebody else's program did it: the channel is open to everyone who has the password. */
function hintOf(text: string): Hint | undefined {
  try {
    const hint = JSON.parse(text)
    return typeof hint?.topic === 'string' || hint?.gap === true ? hint : undefined
  } catch {
    return undefined
  }
}

/** One line when the first of the connections fails, and one when all are back. */
function outages(log: Logger) {
  const away = new Set<Redis>()
  return {
    began(connection: Redis, err: Error): void {
      if (away.size === 0) {
        log.warn(
          { err },
          `hints between processes are lost until Redis takes them again; its user needs SUBSCRIBE and PUBLISH on the channel ${NAME}`,
        )
      }
      away.add(connection)
    },
    ended(connection: Redis): void {
      if (away.delete(connection) && away.size === 0) log.info('Redis takes hints between processes again')
    },
  }
}
