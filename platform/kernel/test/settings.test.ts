import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { job } from '@doran/kernel'
import { Type } from '@doran/kernel/contract'
import { ConfigError, databaseUrlOf, kernelConfig, readConfig } from '@doran/kernel/platform'
import { nextRun } from '../tasks/jobs.ts'
import { createLog, traceFrom, traceParent } from '../telemetry/index.ts'

describe('settings', () => {
  it('have defaults, and an empty value counts as not set', () => {
    const [config] = readConfig([kernelConfig], { PORT: '', LOG_LEVEL: 'debug' })

    assert.deepEqual([config.PORT, config.LOG_LEVEL, config.DATABASE_URL], [3000, 'debug', undefined])
  })

  it('that are invalid are listed together, with expected and found values', () => {
    const Mail = Type.Object({ SMTP_URL: Type.String({ format: 'uri', description: 'x' }) })

    assert.throws(
      () => readConfig([kernelConfig, Mail], { PORT: 'http', DATABASE_URL: 'mysql://u:secret@h/d' }),
      (error: Error) => {
        assert.ok(error instanceof ConfigError)
        assert.match(error.message, /PORT must be integer; found "http"/)
        assert.match(error.message, /DATABASE_URL must be a URL like postgres:/)
        assert.match(error.message, /SMTP_URL is missing; found nothing/)
        assert.doesNotMatch(error.message, /secret@/)
        return true
      },
    )
  })

  it('give a service a database of its own', () => {
    const environment = { ORDER_DATABASE_URL: 'postgres://a/b', DATABASE_URL: 'postgres://c/d' }

    assert.equal(databaseUrlOf('order', environment), 'postgres://a/b')
    assert.equal(databaseUrlOf('user', environment), 'postgres://c/d')
    assert.equal(databaseUrlOf('user', {}), undefined)
  })
})

describe('a job', () => {
  it('runs by the clock of its time zone', () => {
    const nightly = job('nightly', { cron: '0 3 * * *', timeZone: 'Asia/Seoul', run: async () => {} })

    assert.equal(nextRun(nightly, new Date('2026-11-21T05:00:00Z')).toISOString(), '2026-11-21T18:00:00.000Z')
  })

  it('keeps its hour when the clocks change', () => {
    const daily = job('daily', { cron: '30 9 * * *', timeZone: 'Europe/Berlin', run: async () => {} })

    assert.equal(nextRun(daily, new Date('2026-03-28T10:00:00Z')).toISOString(), '2026-03-29T07:30:00.000Z')
  })
})

describe('a log line', () => {
  it('shows no secret', () => {
    const lines: string[] = []
    const log = createLog('info', { destination: { write: (line: string) => void lines.push(line) } })

    log.info(
      { password: 'hunter2', body: { refreshToken: 'r', card: { cardNumber: '4242' } }, user: 'u1' },
      'signed in',
    )

    assert.doesNotMatch(lines[0] ?? '', /hunter2|"r"|4242/)
    assert.match(lines[0] ?? '', /"user":"u1"/)
  })
})

describe('a trace', () => {
  it('continues through a traceparent header and starts anew without a valid one', () => {
    const header = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

    assert.equal(traceFrom(header).traceId, '0af7651916cd43dd8448eb211c80319c')
    assert.notEqual(traceFrom(header).spanId, 'b7ad6b7169203331')
    for (const bad of ['', '00-xyz', '00-00000000000000000000000000000000-b7ad6b7169203331-01']) {
      assert.match(traceParent(traceFrom(bad)), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    }
  })
})
