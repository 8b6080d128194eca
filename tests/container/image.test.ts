import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

function read(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
}

describe('the image', () => {
  it('contains the folder of every workspace', () => {
    const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] }
    const folders = new Set(workspaces.map((workspace) => workspace.split('/')[0]))
    const given = read('.dockerignore').match(/(?<=^!)[\w-]+$/gm)

    assert.deepEqual(given?.toSorted(), [...folders].toSorted())
  })

  it('has the version of this release', () => {
    const { version } = JSON.parse(read('apps/server/package.json')) as { version: string }

    assert.match(read('Dockerfile'), new RegExp(`^ARG VERSION=${RegExp.escape(version)}$`, 'm'))
    assert.ok(read('compose.yaml').includes(`DORAN_VERSION:-${version}}`))
  })
})
