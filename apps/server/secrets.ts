/** Where secrets come from, and which ones are refused. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, databaseVariable, defaultSecrets, isLoopback, type Service } from '@doran/kernel/platform'
import { serviceNames } from './loaders.ts'

/** Settings that are secrets or contain one. `<NAME>_FILE` may name a file that holds the value. */
export const secretSettings: readonly string[] = [
  'DATABASE_URL',
  ...serviceNames.map(databaseVariable),
  'REDIS_URL',
  'DORAN_SERVICE_SECRET',
  'PAYMENT_SANDBOX_SECRET',
  'AUTH_ENCRYPTION_KEY',
  'ADMIN_PASSWORD',
]

const SANDBOX_SECRET_FILE = 'sandbox-secret'

/**
 * Replaces each `<NAME>_FILE` with the content of the file, trimmed. Throws a {@link ConfigError} that lists all
 * mistakes.
 */
export function takeSecretsFromFiles(environment: NodeJS.ProcessEnv): void {
  const mistakes: string[] = []
  for (const name of secretSettings) {
    const file = environment[`${name}_FILE`]
    if (!file) continue
    try {
      if (environment[name]) throw new Error(`is set, and so is ${name}: keep one of them`)
      const secret = readFileSync(file, 'utf8').trim()
      if (secret === '') throw new Error(`names ${file}, which is empty`)
      environment[name] = secret
      delete environment[`${name}_FILE`]
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      mistakes.push(`${name}_FILE ${code ? `names ${file}, which cannot be read (${code})` : message}`)
    }
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes)
}

interface Reach {
  /** Address that the process listens on. */
  readonly host: string
  /** Whether the process runs the sandbox itself: then it generates the sandbox's secret if none is set. */
  readonly ownSandbox?: boolean
}

/** Throws a {@link ConfigError} that lists all secrets with which these services must not start here. */
export function assertOwnSecrets(environment: NodeJS.ProcessEnv, services: readonly Service[], reach: Reach): void {
  const mistakes = mistakenSecrets(environment, services, reach)
  if (mistakes.length > 0) throw new ConfigError(mistakes)
}

/**
 * Returns what is wrong with the secrets of these services, if other machines can reach them or NODE_ENV is production.
 */
export function mistakenSecrets(
  environment: NodeJS.ProcessEnv,
  services: readonly Service[],
  { host, ownSandbox = false }: Reach,
): string[] {
  const reached = reachedBy(environment, host)
  if (!reached) return []
  const schemas = services.flatMap(({ config }) => config ?? [])
  const made = ownSandbox && !environment.PAYMENT_SANDBOX_SECRET ? ['PAYMENT_SANDBOX_SECRET'] : []
  const mistakes = defaultSecrets(schemas, environment)
    .filter((name) => !made.includes(name))
    .map(
      (name) =>
        `${name} has its default, which everybody knows, and ${reached}; make a secret with \`openssl rand -hex 32\` and ` +
        'set it in every process that shares it',
    )
  const signs = services.some(({ contract }) => contract.name === 'auth')
  if (signs && environment.NODE_ENV === 'production' && !environment.AUTH_ENCRYPTION_KEY) {
    mistakes.push(
      'AUTH_ENCRYPTION_KEY is missing, and NODE_ENV is production; without it whoever reads the database can sign tokens: ' +
        'make one with `openssl rand -base64 32` and keep it',
    )
  }
  return mistakes
}

/** Returns why others may reach the process; undefined if only this machine can. */
function reachedBy({ NODE_ENV, PAYMENT_SANDBOX_URL }: NodeJS.ProcessEnv, host: string): string | undefined {
  if (NODE_ENV === 'production') return 'NODE_ENV is production'
  if (!isLoopback(host)) return `other machines reach ${host}`
  const provider = URL.parse(PAYMENT_SANDBOX_URL ?? '')?.hostname ?? 'localhost'
  return isLoopback(provider) ? undefined : `PAYMENT_SANDBOX_URL leads to ${provider}`
}

/**
 * Returns the secret of the sandbox that `doran start` runs. The first start generates it and keeps it in the data
 * folder.
 */
export function makeSandboxSecret(folder: string): string {
  mkdirSync(folder, { recursive: true })
  try {
    writeFileSync(join(folder, SANDBOX_SECRET_FILE), `${randomBytes(32).toString('hex')}\n`, {
      mode: 0o600,
      flag: 'wx',
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return findSandboxSecret(folder) as string
}

/** Returns that secret if it exists. */
export function findSandboxSecret(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, SANDBOX_SECRET_FILE), 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
