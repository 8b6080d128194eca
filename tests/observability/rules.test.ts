import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MONITORING } from './prometheus.ts'

const run = promisify(execFile)
const promtool = (folder: string, ...args: string[]) => run('promtool', args, { cwd: folder })
const TESTS = ['rules.test.yml', 'slow-rules.test.yml']

describe('the rules for Prometheus', () => {
  let rules: string
  let alerts: string[]
  before(async () => {
    rules = await readFile(join(MONITORING, 'rules.yml'), 'utf8')
    alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name as string)
  })

  it('are valid, and so is the configuration', async () => {
    await promtool(MONITORING, 'check', 'config', 'prometheus.yml')
    await promtool(MONITORING, 'check', 'rules', 'rules.yml')
  })

  it('raise each alert when they must, and none when all is well', async () => {
    for (const file of TESTS) await promtool(MONITORING, 'test', 'rules', file)
  })

  it('are tested for every alert: an alert that never fires, or always fires, fails the tests', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doran-rules-'))
    after(() => rm(folder, { recursive: true }))
    await cp(MONITORING, folder, { recursive: true })

    for (const instead of ['vector(1) < 0', 'vector(1)']) {
      const spoiled = rules.replace(/(- alert: \w+\n +expr: )(?:\|\n(?: {10}.*\n)+|.*\n)/g, `$1${instead}\n`)
      assert.equal(spoiled.split(`expr: ${instead}\n`).length - 1, alerts.length)
      await writeFile(join(folder, 'rules.yml'), spoiled)
      const complaints = await Promise.all(
        TESTS.map((file) =>
          promtool(folder, 'test', 'rules', file).then(
            () => '',
            ({ stdout, stderr }) => stdout + stderr,
          ),
        ),
      )
      for (const alert of alerts) assert.match(complaints.join(), new RegExp(`alertname: ${alert},`), instead)
    }
  })

  it('link each alert to a section of the run-book, which has no other sections', async () => {
    const book = await readFile(fileURLToPath(new URL('../../docs/operations/alerts.md', import.meta.url)), 'utf8')
    const links = [...rules.matchAll(/runbook_url: docs\/operations\/alerts\.md#(\w+)/g)].map(([, anchor]) => anchor)
    const sections = [...book.matchAll(/^## (\w+)$/gm)].map(([, name]) => name as string)

    assert.ok(alerts.length > 10)
    assert.deepEqual(
      links,
      alerts.map((name) => name.toLowerCase()),
    )
    assert.deepEqual(sections.toSorted(), alerts.toSorted())
  })
})
