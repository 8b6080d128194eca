/** `node tests/together.ts <file>…`: the tests of these files in this process, one file after the other. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { after, describe } from 'node:test'
import { pathToFileURL } from 'node:url'

const LONGEST_FILE_MS = 300_000
/** After this, what the tests have left open is an error. */
const OPEN_AFTER_TESTS_MS = 10_000

for (const file of process.argv.slice(2)) {
  const url = pathToFileURL(resolve(file))
  await importDependencies(url)
  describe(file, { timeout: LONGEST_FILE_MS }, async () => {
    await import(url.href)
  })
}

/**
 * Loads what the file imports. node:test knows by the asynchronous context to which `describe` a test belongs; a file whose
 * imports still await something runs outside of that context.
 */
async function importDependencies(file: URL): Promise<void> {
  const text = await readFile(file, 'utf8')
  for (const [, name = ''] of text.matchAll(/^import\s(?!type\b)(?:[^']*?\sfrom\s)?'([^']+)'/gm)) {
    // What cannot be loaded is told where the file is.
    await import(name.startsWith('.') ? new URL(name, file).href : name).catch(() => undefined)
  }
}

after(() => {
  const giveUp = () => {
    console.error(
      `The tests have ended, but the process does not: open are ${process.getActiveResourcesInfo().join(', ')}.`,
    )
    process.exit(1)
  }
  setTimeout(giveUp, OPEN_AFTER_TESTS_MS).unref()
})
