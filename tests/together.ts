/** `node tests/together.ts <file>…`: the tests of these files in this process, one file after the other. */
import { resolve } from 'node:path'
import { after, describe } from 'node:test'
import { pathToFileURL } from 'node:url'

const LONGEST_FILE_MS = 300_000
/** After the last test; whatever is still open then was forgotten. */
const PATIENCE_MS = 10_000

for (const file of process.argv.slice(2)) {
  describe(file, { timeout: LONGEST_FILE_MS }, async () => {
    await import(pathToFileURL(resolve(file)).href)
  })
}

after(() => {
  const giveUp = () => {
    console.error(
      `The tests have ended, but the process does not: open are ${process.getActiveResourcesInfo().join(', ')}.`,
    )
    process.exit(1)
  }
  setTimeout(giveUp, PATIENCE_MS).unref()
})
