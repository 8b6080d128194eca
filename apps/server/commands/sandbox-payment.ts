import { startSandbox } from '@doran/payment-sandbox'
import { readSettings } from '../config.ts'
import { UserError } from '../errors.ts'
import { loadServices } from '../loaders.ts'
import { assertOwnSecrets } from '../secrets.ts'

/** `doran sandbox-payment`: runs the payment sandbox, the stand-in for a payment provider, as a server of its own. */
export async function sandboxPayment(): Promise<void> {
  const services = await loadServices(['payment'])
  const { kernel, server } = readSettings(process.env, services)
  assertOwnSecrets(process.env, services, { host: server.SANDBOX_HOST })
  const sandbox = await startSandbox({
    port: server.SANDBOX_PORT,
    host: server.SANDBOX_HOST,
    folder: kernel.DORAN_DATA,
    publicUrl: server.SANDBOX_PUBLIC_URL,
    secret: process.env.PAYMENT_SANDBOX_SECRET || undefined,
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    throw new UserError(`Port ${server.SANDBOX_PORT} is taken; give the payment sandbox another one with SANDBOX_PORT.`)
  })
  const stop = async () => {
    await sandbox.close()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // When `doran start` started it, the sandbox ends with that process, however that ended.
  process.on('disconnect', stop)
  if (process.send) process.send({ url: sandbox.url })
  else console.log(`The payment sandbox is ready at ${sandbox.url}.`)
}
