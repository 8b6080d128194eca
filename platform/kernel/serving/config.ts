/** Settings come from the environment. All of them are checked together before anything starts. */

import { validate } from '../contract/schema.ts'
import { type Static, type TObject, Type } from '../contract/type.ts'

/** Settings that every process reads. Services add their own; README.md lists all of them. */
export const kernelConfig = Type.Object({
  PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 3000,
    description: 'Port of the public HTTP server; 0 takes any free one',
  }),
  HOST: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description: 'Address that the HTTP server listens on; `0.0.0.0` for all',
  }),
  METRICS_PORT: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 65_535,
      description:
        'Port at which the process answers `/metrics` and nothing else; without it a public door answers them to its own machine alone',
    }),
  ),
  METRICS_HOST: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description: 'Address that METRICS_PORT listens on',
  }),
  DORAN_DATA: Type.String({
    minLength: 1,
    default: './data',
    description: 'Folder for the embedded database and the payment sandbox',
  }),
  DATABASE_URL: Type.Optional(
    Type.String({
      pattern: '^postgres(ql)?://',
      errorMessage: 'must be a URL like postgres://user:password@host:5432/name',
      description: 'PostgreSQL 15 or newer; without it the embedded one is started',
    }),
  ),
  DATABASE_POOL_SIZE: Type.Integer({
    minimum: 5,
    maximum: 500,
    default: 40,
    description: 'Most connections that a process opens to each database',
  }),
  TASK_CONCURRENCY: Type.Integer({
    minimum: 1,
    maximum: 200,
    default: 8,
    description:
      'Tasks that a process runs at once for each database: so many sagas and urgent events, half as many other events, half as many jobs, a quarter of bulk events',
  }),
  CACHE_ENTRIES: Type.Integer({
    minimum: 0,
    maximum: 10_000_000,
    default: 20_000,
    description: 'Values that a process keeps in its cache; 0 keeps none',
  }),
  REQUEST_TIMEOUT_MS: Type.Integer({
    minimum: 100,
    maximum: 300_000,
    default: 10_000,
    description: 'Deadline of a request, passed on to all calls that it causes',
  }),
  RECEIVE_TIMEOUT_MS: Type.Integer({
    minimum: 100,
    maximum: 300_000,
    default: 30_000,
    description:
      'Time in which the head of a request must arrive, and again its body; bodies of operations that read over 1 MiB have ten times as long',
  }),
  MAX_CONNECTIONS: Type.Integer({
    minimum: 10,
    maximum: 1_000_000,
    default: 5_000,
    description:
      'HTTP connections that are open at once; more are closed at once. The limit of open files must be higher',
  }),
  SHUTDOWN_GRACE_MS: Type.Integer({
    minimum: 0,
    maximum: 300_000,
    default: 10_000,
    description: 'Time after SIGTERM, DRAIN_MS included, in which requests and tasks in hand finish',
  }),
  TRUST_PROXY: Type.Integer({
    minimum: 0,
    maximum: 10,
    default: 0,
    description: 'How many reverse proxies in front of Doran may tell the client address in `X-Forwarded-For`',
  }),
  LOG_LEVEL: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    default: 'info',
    description: 'Least severe log line that is written',
  }),
})

export type KernelConfig = Static<typeof kernelConfig>

/** Invalid settings. The message lists every mistake. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(mistakes: readonly string[]) {
    super(`The settings are not usable:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`)
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads one settings object for each schema. Throws one {@link ConfigError} with the mistakes of all schemas. */
export function readConfig<const Schemas extends readonly TObject[]>(
  schemas: Schemas,
  environment: Environment,
): { [K in keyof Schemas]: Schemas[K] extends TObject ? Static<Schemas[K]> : never } {
  const mistakes: string[] = []
  const configs = schemas.map((schema) => {
    const config: Record<string, unknown> = {}
    for (const name of Object.keys(schema.properties)) {
      // An empty variable counts as not set: `PORT= npm start` means the default.
      if (environment[name]) config[name] = environment[name]
    }
    const errors = validate(schema, config, 'coercing')
    for (const [name, messages] of Object.entries(errors ?? {})) {
      const found =
        name in config ? `found ${isSecret(name) ? '(a secret)' : JSON.stringify(environment[name])}` : 'found nothing'
      mistakes.push(`${name} ${messages.join(' and ')}; ${found}`)
    }
    return config
  })
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return configs as never
}

/** URL of the database of a service: for `order` it is `ORDER_DATABASE_URL`, or else `DATABASE_URL`. */
export function databaseUrlOf(service: string, environment: Environment): string | undefined {
  return environment[databaseVariable(service)] || environment.DATABASE_URL || undefined
}

export function databaseVariable(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`
}

/**
 * The secrets in a setting that may have several, separated by commas or line breaks. The first one signs, all of them
 * verify, so operators can replace a secret without downtime.
 */
export function secretsIn(setting: string): [string, ...string[]] {
  const [first = '', ...others] = setting
    .split(/[,\n]/)
    .map((secret) => secret.trim())
    .filter(Boolean)
  return [first, ...others]
}

/** Names of the secret settings that have their default value, which is in the source code and so no secret. */
export function defaultSecrets(schemas: readonly TObject[], environment: Environment): string[] {
  return schemas
    .flatMap(({ properties }) => Object.entries(properties as Record<string, { default?: unknown }>))
    .filter(([name, { default: known }]) => known && /(SECRET|PASSWORD|_KEY)$/.test(name))
    .filter(([name, { default: known }]) => secretsIn(environment[name] || String(known)).includes(String(known)))
    .map(([name]) => name)
}

function isSecret(name: string): boolean {
  return /SECRET|PASSWORD|TOKEN|KEY|URL$/.test(name)
}
