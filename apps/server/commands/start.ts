import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { auth } from '@doran/auth/contract'
import { gateway } from '@doran/gateway'
import { createPlatform, openApi, type Platform } from '@doran/kernel/platform'
import { readSettings, type ServerConfig } from '../config.ts'
import { type EmbeddedDatabase, needsEmbedded, ownEmbedded } from '../database.ts'
import { UserError } from '../errors.ts'
import { seed } from '../seed/seed.ts'
import { errors, identity, services } from '../services.ts'
import { version } from '../version.ts'

/** `doran start`: everything in one process, with its database and the payment sandbox beside it. */
export async function start(args: string[]): Promise<void> {
  const begun = performance.now()
  const { values } = parseArgs({ args, options: { 'no-seed': { type: 'boolean' } } })
  const settings = readSettings(process.env)
  const { HOST, DORAN_DATA } = settings.kernel
  const port = await claimPort(settings.kernel.PORT, HOST)

  const closing: (() => Promise<unknown> | unknown)[] = []
  const close = async () => {
    while (closing.length > 0) await closing.pop()?.()
  }
  try {
    let embedded: EmbeddedDatabase | undefined
    if (needsEmbedded(process.env)) {
      embedded = await ownEmbedded(DORAN_DATA)
      closing.push(embedded.close)
    }
    const environment: NodeJS.ProcessEnv = { ...process.env, PORT: String(port) }
    if (!environment.PAYMENT_SANDBOX_URL) {
      const sandbox = await startSandbox(settings.server.SANDBOX_PORT)
      closing.push(sandbox.close)
      environment.PAYMENT_SANDBOX_URL = sandbox.url
    }
    environment.PAYMENT_WEBHOOK_URL ??= `http://127.0.0.1:${port}/api/payments/webhooks/sandbox`

    const platform = await createPlatform({
      services,
      environment,
      databaseUrl: embedded?.url,
      identity,
      edge: gateway({ config: settings.gateway, api: openApi(services, { version }), errors }),
    })
    closing.push(platform.close)
    await ensureAdmin(platform, settings.server)
    if (!values['no-seed']) await seed(platform, platform.log)
    await platform.listen()
    closeOnSignal(close, platform)
    announce(
      `http://${HOST === '0.0.0.0' ? '127.0.0.1' : HOST}:${port}`,
      environment.PAYMENT_SANDBOX_URL,
      performance.now() - begun,
    )
  } catch (error) {
    await close()
    throw error
  }
}

/** The port, or a free one for 0. One that is taken is told at once, and whether it is another Doran that has it. */
async function claimPort(port: number, host: string): Promise<number> {
  const probe = createServer()
  const free = await new Promise<number | undefined>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') return resolve(undefined)
      reject(
        new UserError(`Doran cannot listen on ${host}:${port} (${error.code}); set HOST and PORT to what it may use.`),
      )
    })
    probe.listen(port, host, () => {
      const { port: given } = probe.address() as { port: number }
      probe.close(() => resolve(given))
    })
  })
  if (free !== undefined) return free
  const address = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`
  const isDoran = await fetch(`${address}/health/live`, { signal: AbortSignal.timeout(1_000) })
    .then(async (answer) => ((await answer.json()) as { status?: string }).status === 'live')
    .catch(() => false)
  throw new UserError(
    isDoran
      ? `Doran is already running at ${address}. Stop it first, or start this one with another PORT and another DORAN_DATA.`
      : `Port ${port} is taken by another program. Stop that, or choose another port: PORT=${port + 80} npm start`,
  )
}

/** The sandbox is another company's server in real life, so it is another process here. It ends with this one. */
async function startSandbox(port: number): Promise<{ url: string; close(): Promise<void> }> {
  const program = fileURLToPath(new URL('../doran.ts', import.meta.url))
  const child = spawn(process.execPath, [program, 'sandbox-payment'], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, SANDBOX_PORT: String(port) },
    // Ctrl-C reaches this process alone: it stops the sandbox after its own last request.
    detached: true,
  })
  let complaint = ''
  child.stderr?.on('data', (chunk) => (complaint += chunk))
  const url = await Promise.race([
    once(child, 'message').then(([message]) => (message as { url: string }).url),
    once(child, 'exit').then(() =>
      Promise.reject(new UserError(complaint.trim() || 'The payment sandbox did not start.')),
    ),
  ])
  child.stderr?.pipe(process.stderr)
  return { url, close: () => stopChild(child) }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

async function ensureAdmin(platform: Platform, { ADMIN_EMAIL, ADMIN_PASSWORD }: ServerConfig): Promise<void> {
  if (!ADMIN_EMAIL || !ADMIN_PASSWORD) return
  await platform
    .client(auth)
    .ensureAccount({ email: ADMIN_EMAIL, password: ADMIN_PASSWORD, name: 'Administrator', roles: ['admin'] })
}

/** The first signal finishes what is in hand; a second one leaves at once. */
function closeOnSignal(close: () => Promise<void>, { log }: Platform): void {
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    try {
      await close()
      process.exit(0)
    } catch (error) {
      log.fatal({ err: error }, 'could not stop in order')
      process.exit(1)
    }
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

function announce(url: string, sandboxUrl: string, milliseconds: number): void {
  console.log(`
  Doran is ready after ${(milliseconds / 1000).toFixed(1)} s.

    API and catalogue   ${url}/api/products
    All operations      ${url}/docs
    Payment sandbox     ${sandboxUrl}

  Ctrl-C stops it. Your data stays in the data folder.
`)
}
