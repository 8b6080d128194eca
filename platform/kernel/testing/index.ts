/**
 * The testing kit: real services on a real PostgreSQL, with a database for each file. Nothing of our own is mocked.
 * Calls between services are serialised, and idempotent operations run twice, unless `DORAN_TEST_MODE=direct`.
 */

import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { httpClient } from '../contract/client.ts'
import type { Client, Contract, Event, Static } from '../contract/contract.ts'
import type { Queryable } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import { type CallMode, createPlatform, type IdentitySource, type Platform, type PlatformOptions } from '../platform.ts'
import type { Actor } from '../service/actor.ts'
import { newId } from '../service/id.ts'
import { ACCESS_TOKEN, TOKEN_ISSUER } from '../serving/identity.ts'
import { createLog } from '../telemetry/index.ts'
import { createTestDatabase } from './database.ts'

export { createTestDatabase, startTestPostgres } from './database.ts'
export { testFolder } from './folder.ts'
export { freePort } from './free-port.ts'
export { Link } from './link.ts'
export { Outage, type OutageKind } from './outage.ts'
export { outlast } from './pauses.ts'
export { assertSchema } from './schemas.ts'

export interface TestUser extends Actor {
  readonly token: string
}

export interface TestResponse {
  status: number
  headers: Record<string, string | number | string[] | undefined>
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts what it expects
  body: any
}

export interface TestRequest {
  as?: Pick<TestUser, 'token'>
  /** An object is sent as JSON, a string as it is. */
  body?: unknown
  headers?: Record<string, string>
}

export interface TestPlatform extends Platform {
  /** Makes a signed-in user that no service knows. */
  user(roles?: readonly string[]): Promise<TestUser>
  /** Sends one HTTP request in process. */
  request(method: string, url: string, request?: TestRequest): Promise<TestResponse>
  /** The typed client, over HTTP requests in process. */
  api<C extends Contract>(contract: C, as?: Pick<TestUser, 'token'>): Client<C>
  /** The data of all events of this kind that have been published so far, oldest first. */
  events<E extends Event>(event: E): Promise<Static<E['data']>[]>
  /** Waits until all due events, sagas and jobs are finished. Throws when one of them is dead. */
  settled(): Promise<void>
  /** URL of the test's own database. */
  readonly url: string
}

export interface TestOptions extends Partial<Omit<PlatformOptions, 'services'>> {
  services: PlatformOptions['services']
}

/** Starts the services on a fresh database. Close the platform after the tests: `after(() => platform.close())`. */
export async function startPlatform(options: TestOptions): Promise<TestPlatform> {
  const database = await createTestDatabase(options.services)
  const issuer = await createIssuer()
  const platform = await createPlatform({
    identity: () => issuer.source,
    mode: (process.env.DORAN_TEST_MODE as CallMode | undefined) ?? 'serialised',
    log: createLog(process.env.LOG_LEVEL ?? 'silent'),
    migrate: false,
    databaseUrl: database.url,
    ...options,
    environment: { DATABASE_POOL_SIZE: '12', ...options.environment },
  })
  const services = options.services.map(({ contract }) => contract.name)

  const request = async (
    method: string,
    url: string,
    { as, body, headers = {} }: TestRequest = {},
  ): Promise<TestResponse> => {
    const json = body !== undefined && typeof body !== 'string'
    const response = await platform.http.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(as && { authorization: `Bearer ${as.token}` }),
        ...(json && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: json ? JSON.stringify(body) : (body as string) }),
    })
    const isJson = String(response.headers['content-type'] ?? '').includes('json')
    return { status: response.statusCode, headers: response.headers, body: isJson ? response.json() : response.body }
  }

  return {
    ...platform,
    url: database.url,
    user: issuer.user,
    request,
    api: (contract, as) =>
      httpClient(contract, {
        baseUrl: '',
        token: () => as?.token,
        async fetch(url, { method, headers, body }) {
          const {
            statusCode,
            headers: answered,
            rawPayload,
          } = await platform.http.inject({
            method: method as 'GET',
            url,
            headers,
            ...(body !== undefined && { payload: body }),
          })
          return new Response(statusCode === 204 ? null : new Uint8Array(rawPayload), {
            status: statusCode,
            headers: answered as Record<string, string>,
          })
        },
      }),
    async events(event) {
      const rows = await platform
        .database(event.name.split('.')[0] as string)
        .all<{ data: never }>(sql`select data from doran.events where name = ${event.name} order by id`)
      return rows.map(({ data }) => data)
    },
    settled: () => settled(services.map((service) => platform.database(service))),
    async close() {
      await platform.close()
      await database.drop()
    },
  }
}

/**
 * Waits until nothing is due in the databases. Throws when a task is dead. A job that waits for its scheduled time
 * counts as finished: unlike a running or failed one, it has no attempts.
 */
export async function settled(databases: readonly Queryable[]): Promise<void> {
  for (;;) {
    let open = 0
    for (const database of databases) {
      const { dead, due } = await database.one<{ dead: string[] | null; due: number }>(sql`
        select array_agg(handler || ': ' || last_error) filter (where state = 'dead') as dead,
               count(*) filter (where state = 'ready' and (key is distinct from 'plan' or run_at <= now() or attempts > 0)) as due
        from doran.tasks`)
      if (dead) throw new Error(`tasks are dead:\n${dead.join('\n')}`)
      open += due
    }
    if (open === 0) return
    await new Promise((wake) => setTimeout(wake, 10))
  }
}

/** Makes the handler of a job (`order/job:expire-unpaid-orders`) due now. */
export async function makeDue(database: Queryable, handler: string): Promise<void> {
  await database.run(sql`
    with due as (update doran.tasks set run_at = now() where handler = ${handler} returning handler)
    select pg_notify('doran_tasks', handler) from due`)
}

/**
 * Runs a job now and waits until nothing is due. `service` names the database, by default that of the job's service.
 */
export async function runJob(
  { database, settled }: Pick<TestPlatform, 'database' | 'settled'>,
  handler: string,
  service = handler.split('/')[0] as string,
): Promise<void> {
  await makeDue(database(service), handler)
  await settled()
}

/** Makes an issuer that signs tokens as the auth service does, for tests without that service. */
export async function createIssuer(): Promise<{ source: IdentitySource; user: TestPlatform['user'] }> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const key = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'EdDSA' }
  return {
    source: { keys: async () => ({ keys: [key] }), revocations: async () => [] },
    async user(roles = []) {
      const actor: Actor = { id: newId(), roles, session: newId(), signedInAt: Math.floor(Date.now() / 1000) }
      const token = await new SignJWT({ roles, sid: actor.session, auth_time: actor.signedInAt })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'test', typ: ACCESS_TOKEN.type })
        .setSubject(actor.id)
        .setIssuer(TOKEN_ISSUER)
        .setAudience(ACCESS_TOKEN.audience)
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(privateKey)
      return { ...actor, token }
    },
  }
}
