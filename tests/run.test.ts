import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const TESTS = fileURLToPath(new URL('.', import.meta.url))
const HEAD = "import { describe, it } from 'node:test'\n"

describe('a run of tests', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(TESTS, '.run-'))
  })
  after(() => rm(folder, { recursive: true }))

  async function run(files: Record<string, string>) {
    const own = await mkdtemp(join(folder, 'test-'))
    await mkdir(own, { recursive: true })
    for (const [name, text] of Object.entries(files)) await writeFile(join(own, `${name}.test.ts`), HEAD + text)
    const { status, stdout } = spawnSync(process.execPath, [join(TESTS, 'run.ts'), own], { encoding: 'utf8' })
    return { status, stdout }
  }

  it('counts what passed in all files', async () => {
    const { status, stdout } = await run({
      one: "it('a', () => {})",
      two: "describe('b', () => { it('c', () => {}) })",
    })

    assert.equal(status, 0, stdout)
    assert.match(stdout, /^2 passed, 0 failed/m)
  })

  it('fails with a test, and says how to run its file', async () => {
    const { status, stdout } = await run({
      one: "it('is wrong', () => { throw new Error('no') })",
      two: "it('a', () => {})",
    })

    assert.equal(status, 1)
    assert.match(stdout, /^failed: is wrong\n +npm run test:file -- .+one\.test\.ts\n/m)
    assert.match(stdout, /^1 passed, 1 failed/m)
  })

  it('fails with a file that cannot be loaded', async () => {
    const { status, stdout } = await run({ one: "import './missing.ts'", two: "it('a', () => {})" })

    assert.equal(status, 1)
    assert.match(stdout, /^failed: .+one\.test\.ts\n/m)
  })

  it('fails when nothing was tested', async () => {
    assert.equal((await run({ one: '' })).status, 1)
  })

  it('ends although something was left open, and says what', async () => {
    const { status, stdout } = await run({ one: "it('a', () => void setInterval(() => {}, 1_000))" })

    assert.equal(status, 1)
    assert.match(stdout, /the process does not: open are .*Timeout/)
    assert.match(stdout, /^failed: .+: it ended with 1/m)
  })
})
