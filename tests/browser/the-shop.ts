import { after } from 'node:test'
import { freePort } from '@doran/kernel/testing'
import { openShop, type Shop } from './shop.ts'
import { closeBrowser } from './visitor.ts'

let shared: Promise<Shop> | undefined

/** A port whose pages may call the shop's API. */
export const OTHER_PORT = await freePort()

/** Returns the one shop that all tests visit, with a sample community. It is closed after the last test. */
export function theShop(): Promise<Shop> {
  shared ??= openShop({ community: true, otherOrigins: `http://127.0.0.1:${OTHER_PORT}` })
  return shared
}

after(async () => {
  await closeBrowser()
  await (await shared)?.close()
})
