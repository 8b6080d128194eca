import { after } from 'node:test'
import { freePort } from '@doran/kernel/testing'
import { openShop, type Shop } from './shop.ts'
import { closeBrowser } from './visitor.ts'

let shared: Promise<Shop> | undefined

/** A port of which the shop allows pages to call its API. */
export const OTHER_PORT = await freePort()

/** The one shop that all tests visit, with a sample community; closed after the last of them. */
export function theShop(): Promise<Shop> {
  shared ??= openShop({ community: true, otherOrigins: `http://127.0.0.1:${OTHER_PORT}` })
  return shared
}

after(async () => {
  await closeBrowser()
  await (await shared)?.close()
})
