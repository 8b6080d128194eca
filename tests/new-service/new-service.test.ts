/** The command that writes a new service, in a copy of the repository. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const NAME = 'parcel'

describe('a new service', () => {
  let copy: string
  let said: string
  before(async () => {
    copy = await mkdtemp(join(tmpdir(), 'doran-new-service-'))
    const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
    for (const file of files.toString().trim().split('\n')) cpSync(join(ROOT, file), join(copy, file))
    npm('ci', '--prefer-offline', '--no-audit', '--no-fund')
    said = npm('run', 'new', '--', 'service', NAME)
  })
  after(() => rm(copy, { recursive: true }))

  function npm(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync('npm', args, { cwd: copy, encoding: 'utf8' })
    assert.equal(status, 0, `npm ${args.join(' ')}:\n${stdout}\n${stderr}`)
    return stdout
  }

  it('passes the checks of types, style and form', () => {
    npm('run', 'check:types')
    npm('run', 'lint')
    npm('run', 'check:format')
  })

  it('passes its own tests and those of the whole repository', () => {
    npm('test', '-w', `@doran/${NAME}`)
    npm('test', '--', 'tests', 'tests/container', 'apps/web')
  })

  it('answers when everything runs, and has a table of its own', () => {
    const program = `
      import { startPlatform } from '@doran/kernel/testing'
      import { identity, services } from './apps/server/services.ts'
      const platform = await startPlatform({ services, identity })
      console.log((await platform.request('GET', '/api/${NAME}s')).status)
      await platform.close()
      process.exit(0)`
    const answer = execFileSync('npm', ['exec', '--', 'node', '--input-type=module', '--eval', program], { cwd: copy })

    assert.match(answer.toString(), /^200$/m)
  })

  it('is as small as CONTRIBUTING.md says', async () => {
    const [, size] = /has (\d+ files with \d+ lines), (\d+ files with \d+ lines) of them tests/.exec(said) ?? []

    assert.ok((await readFile(join(ROOT, 'CONTRIBUTING.md'), 'utf8')).includes(`${size}`), `it has ${size}`)
  })

  it('is refused a name that is taken, reserved or no name', () => {
    for (const [name, sentence] of [
      ['order', /There is a service order already/],
      ['select', /reserved word of SQL/],
      ['A-Name', /is named by 3 to 30 small letters/],
    ] as const) {
      const { status, stderr } = spawnSync('npm', ['run', 'new', '--', 'service', name], {
        cwd: copy,
        encoding: 'utf8',
      })

      assert.equal(status, 1)
      assert.match(stderr, sentence)
    }
  })
})
