import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'

const faults = new URL('../faults/index.ts', import.meta.url).href

/** Runs a line of code in a process of its own with these variables. */
function run(code: string, environment: NodeJS.ProcessEnv) {
  const program = `import { crashPoint, holds } from '${faults}'; ${code}; console.log('lives')`
  const { stdout, stderr, signal, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, NODE_ENV: 'test', ...environment },
    encoding: 'utf8',
  })
  return { stdout: stdout.trim(), stderr, signal, status }
}

describe('faults', () => {
  it('a process dies as by kill -9 at the place that is named, and at no other', () => {
    const DORAN_CRASH_AT = 'saga.after-record'
    const other = run("crashPoint('saga.before-act')", { DORAN_CRASH_AT })
    assert.equal(other.stdout, 'lives')

    const named = run("crashPoint('saga.after-record')", { DORAN_CRASH_AT })
    assert.deepEqual([named.stdout, named.signal, named.stderr], ['', 'SIGKILL', 'dies at saga.after-record\n'])
  })

  it('it dies at the time that is named', () => {
    const twice = "crashPoint('saga.after-record'); console.log('once'); crashPoint('saga.after-record')"
    const { stdout, signal } = run(twice, { DORAN_CRASH_AT: 'saga.after-record#2' })
    assert.deepEqual([stdout, signal], ['once', 'SIGKILL'])
  })

  it('one safeguard is off where it is named, and says so; all hold otherwise', () => {
    const code = "console.log(holds('inbox'), holds('stock-lock'))"
    assert.match(run(code, {}).stdout, /^true true/)
    const off = run(code, { DORAN_WITHOUT: 'inbox' })
    assert.match(off.stdout, /^false true/)
    assert.equal(off.stderr, 'runs WITHOUT the safeguard inbox\n')
  })

  it('refuses both outside of tests, and names that it does not know', () => {
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
