/** The present API keeps the accepted one. Removals are announced in time, and a command accepts growth. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { OpenApi } from '@doran/gateway'
import {
  acceptCommand,
  acceptedApi,
  breakingChanges,
  compatibility,
  isSameApi,
  NOTICE_DAYS,
  presentApi,
  refusal,
} from '../apps/server/compatibility.ts'
import { api, only, operations } from './present-api.ts'

describe('the public API', () => {
  it('keeps what was accepted', async () => {
    const broken = breakingChanges(await acceptedApi(), api)

    assert.ok(broken.length === 0, refusal(broken))
  })

  it('is recorded in docs/openapi.json', async () => {
    assert.ok(isSameApi(await acceptedApi(), api), `docs/openapi.json is not the present API. Run: ${acceptCommand}`)
  })
})

describe('the end of an operation', () => {
  const today = new Date('2027-01-01T12:00:00Z')
  const { path, method, operation } = operations[0] as (typeof operations)[number]
  const until = (date: string) => only(path, method, { ...operation, summary: `Until ${date}: ${operation.summary}` })
  const endless = only(path, method, operation)
  const gone = { ...api, paths: {} }

  it('may be announced in time, postponed and withdrawn', () => {
    assert.equal(NOTICE_DAYS, 180)
    assert.deepEqual(breakingChanges(endless, until('2027-06-30'), today), [])
    assert.deepEqual(breakingChanges(until('2027-06-30'), until('2027-07-31'), today), [])
    assert.deepEqual(breakingChanges(until('2027-06-30'), endless, today), [])
  })

  it('allows the removal from the announced day on', () => {
    assert.deepEqual(breakingChanges(until('2027-01-01'), gone, today), [])
  })

  it('allows nothing before the announced day', () => {
    const [sentence] = breakingChanges(until('2027-01-02'), gone, today)

    assert.match(sentence as string, /the operation is gone and was promised until 2027-01-02\.$/)
  })

  it('cannot be announced at short notice or brought forward', () => {
    const soon = breakingChanges(endless, until('2027-06-29'), today)
    const nearer = breakingChanges(until('2027-03-02'), until('2027-03-01'), today)

    assert.match(soon.join(), /it may not end on 2027-06-29, before 2027-06-30\.$/)
    assert.match(nearer.join(), /it may not end on 2027-03-01, before 2027-03-02\.$/)
  })

  it('needs an announcement in the exact form', () => {
    const vague = only(path, method, { ...operation, summary: 'Until spring 2026: sign in' })

    assert.equal(breakingChanges(vague, gone, today).length, 1)
  })
})

describe('the command', () => {
  async function withFile(change: (accepted: OpenApi) => void, test: (file: URL) => Promise<void>): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'doran-api-'))
    const file = pathToFileURL(join(directory, 'openapi.json'))
    try {
      const accepted = presentApi()
      change(accepted)
      await writeFile(file, JSON.stringify(accepted))
      await test(file)
    } finally {
      await rm(directory, { recursive: true })
    }
  }

  const withoutOrders = (accepted: OpenApi) => {
    delete accepted.paths['/api/orders']
  }
  const withMore = (accepted: OpenApi) => {
    accepted.paths['/api/old'] = { get: structuredClone((operations[0] as (typeof operations)[number]).operation) }
  }

  it('accepts growth and then finds no difference', async () => {
    await withFile(withoutOrders, async (file) => {
      const before = await compatibility([], file)
      const accepted = await compatibility(['--accept'], file)
      const after = await compatibility([], file)

      assert.deepEqual(before, {
        ok: true,
        text: `The API has changed and breaks nothing. Accept it: ${acceptCommand}`,
      })
      assert.equal(accepted.ok, true)
      assert.deepEqual(after, { ok: true, text: 'The API is the accepted one.' })
      assert.ok(isSameApi(await acceptedApi(file), api))
    })
  })

  it('asks for nothing if only the release differs', async () => {
    const release = (accepted: OpenApi) => {
      accepted.info.version = '0.0.1'
    }
    await withFile(release, async (file) => {
      assert.deepEqual(await compatibility([], file), { ok: true, text: 'The API is the accepted one.' })
    })
  })

  it('refuses to accept breaking changes, and leaves the file as it was', async () => {
    await withFile(withMore, async (file) => {
      const before = await readFile(file, 'utf8')
      const { ok, text } = await compatibility(['--accept'], file)

      assert.equal(ok, false)
      assert.match(text, /^- GET \/api\/old: the operation is gone\.$/m)
      assert.match(text, /under \/v2\//)
      assert.equal(await readFile(file, 'utf8'), before)
    })
  })

  it('refuses an unknown option', async () => {
    assert.match((await compatibility(['--force'])).text, /^Unknown: --force\. Give --accept/)
    assert.equal((await compatibility(['--accept', 'all'])).ok, false)
  })
})
