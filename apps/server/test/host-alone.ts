/** Hosts the services named by its arguments, and prints which files that loaded. */
import { registerHooks } from 'node:module'

const files: string[] = []
registerHooks({
  load(url, context, next) {
    files.push(url)
    return next(url, context)
  },
})
const { host } = await import('../host.ts')
await import('../commands/start.ts')
const platform = await host({ names: process.argv.slice(2), environment: process.env, databaseUrl: undefined })
await platform.close()
console.log(JSON.stringify(files))
