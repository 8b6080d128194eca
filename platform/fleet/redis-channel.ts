/** The channel over Redis, for fleets whose services do not share a database. */
import type { Channel } from '@doran/kernel'
import { Topics } from '@doran/kernel/platform'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'

/** The one Redis channel that carries all topics. */
const CHANNEL = 'doran'
const RETRY_MS = { first: 100, longest: 2_000 }
/** Reconnects to a server that does not answer for this long. TCP alone would wait a quarter of an hour. */
const SOCKET_TIMEOUT_MS = 2_000

/** Tells all processes that a sender has lost a message. */
const GAP_MESSAGE = JSON.stringify({ gap: true })

type Hint = { topic: string; message: unknown } | { gap: true }

export interface RedisChannel extends Channel {
  close(): Promise<void>
}

/**
 * Waits for Redis at most two seconds, then goes on connecting in the background. During an outage nothing waits for
 * Redis, and messages are lost. `onGap` reports that messages may have been missed: to a process that was disconnected,
 * as soon as it listens again, and to all processes when a sender that lost messages is connected again.
 */
export async function redisChannel(url: string, log: Logger): Promise<RedisChannel> {
  const retryStrategy = (attempt: number) => Math.min(RETRY_MS.first * attempt, RETRY_MS.longest)
  const failFast = { enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy }
  const publisher = new Redis(url, { ...failFast, socketTimeout: SOCKET_TIMEOUT_MS })
  const subscriber = new Redis(url, { ...failFast, autoResubscribe: false })
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
      await publisher.publish(CHANNEL, text)
      outage.ended(publisher)
    } catch (err) {
      lost = true
      failed(publisher, err as Error)
    }
  }

  /** Reports the gap only after it has subscribed; otherwise it would miss the messages sent in between. */
  async function listen(): Promise<void> {
    try {
      await subscriber.subscribe(CHANNEL)
      outage.ended(subscriber)
      reportGap()
    } catch (err) {
      failed(subscriber, err as Error)
    }
  }

  async function resume(): Promise<void> {
    if (!lost) return outage.ended(publisher)
    lost = false
    await send(GAP_MESSAGE)
  }

  function reportGap(): void {
    for (const handler of gaps) handler()
  }

  publisher.on('error', (err: Error) => failed(publisher, err))
  subscriber.on('error', (err: Error) => failed(subscriber, err))
  subscriber.on('message', (_name: string, text: string) => {
    const hint = hintOf(text)
    if (!hint) log.warn(`something that is not Doran's was published on the Redis channel ${CHANNEL}; it is ignored`)
    else if ('gap' in hint) reportGap()
    else topics.deliver(hint.topic, hint.message)
  })
  const ready = [onReady(publisher, resume), onReady(subscriber, listen)]
  await Promise.race([Promise.all(ready), new Promise((resolve) => setTimeout(resolve, RETRY_MS.longest).unref())])

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

/** Runs `work` after each connect. Resolves when it has finished for the first time. */
function onReady(connection: Redis, work: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => connection.on('ready', () => void work().then(resolve)))
}

/** Parses a message. Undefined for one of another program: everyone who has the password can publish on the channel. */
function hintOf(text: string): Hint | undefined {
  try {
    const hint = JSON.parse(text)
    return typeof hint?.topic === 'string' || hint?.gap === true ? hint : undefined
  } catch {
    return undefined
  }
}

/** Logs one line when the first connection fails, and one when all work again. */
function outages(log: Logger) {
  const away = new Set<Redis>()
  return {
    began(connection: Redis, err: Error): void {
      if (away.size === 0) {
        log.warn(
          { err },
          `hints between processes are lost until Redis takes them again; its user needs SUBSCRIBE and PUBLISH on the channel ${CHANNEL}`,
        )
      }
      away.add(connection)
    },
    ended(connection: Redis): void {
      if (away.delete(connection) && away.size === 0) log.info('Redis takes hints between processes again')
    },
  }
}
