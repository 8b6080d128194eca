import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { documents, renewed } from '../apps/server/documentation.ts'
import { errors, services } from '../apps/server/services.ts'

describe('the documentation', () => {
  for (const document of documents) {
    it(`has the generated table in ${document.file.pathname.split('/').at(-1)}; \`npm run docs\` writes it`, async () => {
      const { before, after } = await renewed(document)

      assert.match(before, /<!-- table -->\n\| [\s\S]+\n<!-- \/table -->/)
      assert.equal(before, after)
    })
  }

  it('lists every command in the README', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const program = fileURLToPath(new URL('../apps/server/doran.ts', import.meta.url))
    const { stdout } = spawnSync(process.execPath, [program, 'help'], { encoding: 'utf8' })
    const commands = [...stdout.matchAll(/^ {2}doran (\S+)/gm)].map(([, command]) => command)

    assert.ok(commands.length >= 5)
    for (const command of commands) assert.match(readme, new RegExp(`^\\| \`${command}\` \\|`, 'm'))
  })

  it('describes every setting', () => {
    for (const { contract, config } of services) {
      for (const [name, property] of Object.entries(config?.properties ?? {})) {
        assert.ok((property as { description?: string }).description, `${contract.name}: ${name} has no description`)
      }
    }
  })
})

describe('an error code', () => {
  it('identifies one error', () => {
    const codes = errors.map(({ code }) => code)

    assert.deepEqual(
      codes.filter((code, index) => codes.indexOf(code) !== index),
      [],
    )
  })

  it('has the status of a refusal or failure, and a complete sentence', () => {
    for (const { code, status, message } of errors) {
      assert.match(code, /^[a-z][a-z0-9_]+$/)
      assert.ok(status >= 400 && status < 600, code)
      assert.match(message, /^[A-Z`{].*[.}]$/s, code)
    }
  })
})
