import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'

const faults = new URL('../faults/index.ts', import.meta.url).href

/** Runs a line of code in a new process with these environment variables. */
function run(code: string, environment: NodeJS.ProcessEnv) {
  const program = `import { crashPoint, holds } from '${faults}'; ${code}; console.log('lives')`
  const { stdout, stderr, signal, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, NODE_ENV: 'test', ...environment },
    encoding: 'utf8',
  })
  return { stdout: stdout.trim(), stderr, signal, status }
}

describe('faults', () => {
  it('kill a process with SIGKILL at the named crash point, and at no other', () => {
    const DORAN_CRASH_AT = 'saga.after-record'
    const other = run("crashPoint('saga.before-act')", { DORAN_CRASH_AT })
    assert.equal(other.stdout, 'lives')

    const named = run("crashPoint('saga.after-record')", { DORAN_CRASH_AT })
    assert.deepEqual([named.stdout, named.signal, named.stderr], ['', 'SIGKILL', 'dies at saga.after-record\n'])
  })

  it('kill a process at the named pass of a crash point', () => {
    const twice = "crashPoint('saga.after-record'); console.log('once'); crashPoint('saga.after-record')"
    const { stdout, signal } = run(twice, { DORAN_CRASH_AT: 'saga.after-record#2' })
    assert.deepEqual([stdout, signal], ['once', 'SIGKILL'])
  })

  it('turn off the named safeguard and say so, while all others hold', () => {
    const code = "console.log(holds('inbox'), holds('stock-lock'))"
    assert.match(run(code, {}).stdout, /^true true/)
    const off = run(code, { DORAN_WITHOUT: 'inbox' })
    assert.match(off.stdout, /^false true/)
    assert.equal(off.stderr, 'runs WITHOUT the safeguard inbox\n')
  })

  it('are refused outside of tests and under unknown names', () => {
    for (const environment of [{ DORAN_CRASH_AT: 'saga.after-record' }, { DORAN_WITHOUT: 'inbox' }]) {
      const { status, stderr } = run('0', { ...environment, NODE_ENV: 'production' })
      assert.equal(status, 1)
      assert.match(stderr, /is for tests of Doran itself/)
    }
    assert.match(
      run('0', { DORAN_CRASH_AT: 'nowhere' }).stderr,
      /reads nowhere where it expects one of task.after-claim/,
    )
    assert.match(run('0', { DORAN_WITHOUT: 'luck' }).stderr, /reads luck where it expects one of lease-epoch/)
  })
})
