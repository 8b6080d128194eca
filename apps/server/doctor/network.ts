/** Checks what surrounds Doran: ports, the payment provider, Redis, certificates. */
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { inspectTls, openRedis } from '@doran/fleet'
import { createLog, readConfig, secretsIn } from '@doran/kernel/platform'
import payment from '@doran/payment'
import { localUrl } from '../lifecycle.ts'
import { type Finding, ok, reason, type Setup, warning, wrong } from './setup.ts'

const TIMEOUT_MS = 3_000
const DAY_MS = 86_400_000

export async function checkPorts({ environment, settings: { kernel, server }, whole }: Setup): Promise<Finding[]> {
  const wanted = [checkPort('PORT', kernel.PORT, kernel.HOST, 'Doran')]
  if (!environment.PAYMENT_SANDBOX_URL && whole) {
    if (server.SANDBOX_PORT !== 0 && server.SANDBOX_PORT === kernel.PORT) {
      return [wrong(`PORT and SANDBOX_PORT are both ${kernel.PORT}; give the payment sandbox another one`)]
    }
    wanted.push(checkPort('SANDBOX_PORT', server.SANDBOX_PORT, server.SANDBOX_HOST, 'payment sandbox'))
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

/** Tells the two apart: both answer at `/health/live`, but the sandbox has no `/health/ready`. */
async function holderOf(url: string): Promise<Holder | undefined> {
  const { Agent, request } = await import('undici')
  // Accepts any certificate: a certificate is made for services, and this request only asks who is there.
  const connect = { rejectUnauthorized: false, timeout: TIMEOUT_MS }
  const dispatcher = new Agent({ connect, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS })
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

export async function checkPayment({ environment }: Setup): Promise<Finding[]> {
  if (!environment.PAYMENT_SANDBOX_URL || !payment.config) return []
  const [config] = readConfig([payment.config], environment) as unknown as [Record<string, string>]
  const about = `PAYMENT_SANDBOX_URL ${environment.PAYMENT_SANDBOX_URL}`
  try {
    // Asks for a session that nobody opened: the answer tells whether the secret is right, and nothing changes.
    const { status } = await fetch(`${config.PAYMENT_SANDBOX_URL}/v1/sessions/by-key/doctor`, {
      headers: { authorization: `Bearer ${secretsIn(config.PAYMENT_SANDBOX_SECRET as string)[0]}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (status === 401) return [wrong(`${about}: refuses our secret; set PAYMENT_SANDBOX_SECRET as it is set there`)]
    return [ok(`${about}: answers`)]
  } catch (error) {
    return [
      wrong(`${about}: does not answer (${reason(error)}); start it with \`doran sandbox-payment\`, or correct it`),
    ]
  }
}

export async function checkRedis({ environment }: Setup): Promise<Finding[]> {
  if (!environment.REDIS_URL) return []
  const redis = await openRedis(environment.REDIS_URL, createLog('silent'))
  try {
    await once(redis, 'ready', { signal: AbortSignal.timeout(TIMEOUT_MS) })
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

export async function checkTls({ settings: { fleet }, names, whole }: Setup): Promise<Finding[]> {
  const { DORAN_TLS_CA: ca, DORAN_TLS_CERT: cert, DORAN_TLS_KEY: key } = fleet
  if (!ca && !cert && !key) return []
  if (!ca || !cert || !key) {
    return [wrong('DORAN_TLS_CA, DORAN_TLS_CERT and DORAN_TLS_KEY belong together; set all three, or none')]
  }
  const { material, mistakes, ends } = await inspectTls({ ca, cert, key })
  if (!material || !ends) return mistakes.map(wrong)
  // Callers expect the name of the service that they call. No service calls the gateway.
  const certificate = new X509Certificate(material.cert)
  const missing = whole ? [] : names.filter((name) => name !== 'gateway' && !certificate.checkHost(name))
  if (missing.length > 0) {
    return [wrong(`DORAN_TLS_CERT ${cert}: does not bear the name ${missing.join(', ')}; give the one of this service`)]
  }
  const days = Math.floor((ends.getTime() - Date.now()) / DAY_MS)
  const text = `DORAN_TLS_CERT ${cert}: ends in ${days} days`
  return [days < 14 ? warning(`${text}; renew it, for example with \`doran certs\``) : ok(text)]
}
