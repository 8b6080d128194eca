/** The channel over Redis, for fleets whose services do not share one database. */
import type { Channel } from '@doran/kernel'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'

/** The one Redis channel that carries all topics. */
const NAME = 'doran'
const RETRY = { first: 100, longest: 2_000 }

export interface RedisChannel extends Channel {
  close(): Promise<void>
}

/**
 * Connects in the background: while Redis is away nothing waits for it, messages are lost, and `onGap` tells everyone to
 * look again once it is back.
 */
export async function redisChannel(url: string, log: Logger): Promise<RedisChannel> {
  const retryStrategy = (attempt: number) => Math.min(RETRY.first * attempt, RETRY.longest)
  const publisher = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy })
  const subscriber = new Redis(url, { retryStrategy })
  const topics = new Map<string, Set<(message: unknown) => void>>()
  const gaps: (() => void)[] = []
  let connectedBefore = false

  whileAway(subscriber, log)
  publisher.on('error', () => {})
  subscriber.on('ready', () => {
    if (connectedBefore) for (const handler of gaps) handler()
    connectedBefore = true
  })
  subscriber.on('message', (_name: string, text: string) => {
    const { topic, message } = JSON.parse(text)
    for (const handler of topics.get(topic) ?? []) handler(message)
  })
  const subscribed = subscriber.subscribe(NAME)
  // When Redis is away at the start, ioredis subscribes as soon as it is there.
  await Promise.race([subscribed, new Promise((resolve) => setTimeout(resolve, RETRY.longest).unref())]).catch(() => {})
  subscribed.catch(() => {})

  return {
    async publish(db, topic, message) {
      const text = JSON.stringify({ topic, message })
      db.afterCommit(() => {
        // It is a hint: whoever waits for it looks by itself in the end.
        publisher.publish(NAME, text).catch((err: Error) => log.debug({ err }, 'a hint was not sent'))
      })
    },
    subscribe(topic, handler) {
      const handlers = topics.get(topic) ?? new Set()
      topics.set(topic, handlers.add(handler))
      return () => {
        handlers.delete(handler)
        if (handlers.size === 0) topics.delete(topic)
      }
    },
    onGap(handler) {
      gaps.push(handler)
    },
    async close() {
      publisher.disconnect()
      subscriber.disconnect()
    },
  }
}

/** One line for each outage, and one for its end. */
function whileAway(redis: Redis, log: Logger): void {
  let told = false
  redis.on('error', (err: Error) => {
    if (!told) log.warn({ err }, 'Redis does not answer; hints between processes are lost until it does')
    told = true
  })
  redis.on('ready', () => {
    if (told) log.info('Redis answers again')
    told = false
  })
}
