/** Events keep what was accepted, because versions run side by side and waiting events outlive versions. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import {
  acceptedEvents,
  breakingEventChanges,
  type Events,
  eventCompatibility,
  eventRefusal,
  presentEvents,
} from '../apps/server/event-compatibility.ts'

let present: Events
before(async () => {
  present = await presentEvents()
})

describe('the events', () => {
  it('keep what was accepted', async () => {
    const broken = breakingEventChanges(await acceptedEvents(), present)

    assert.ok(broken.length === 0, eventRefusal(broken))
  })

  it('are recorded in docs/events.json', async () => {
    assert.deepEqual(await acceptedEvents(), present, 'docs/events.json has other events. Run: npm run accept:api')
  })
})

describe('a change of an event', () => {
  const text = { type: 'string' }
  const paid = { type: 'object', required: ['id', 'note'], properties: { id: text, note: text } }
  const changed = (change: object) =>
    breakingEventChanges({ 'order.paid': paid }, { 'order.paid': { ...paid, ...change } }).join('\n')

  it('that adds an optional member breaks nothing', () => {
    assert.equal(changed({ properties: { ...paid.properties, gift: { type: 'boolean' } } }), '')
  })

  for (const [what, change, sentence] of [
    [
      'adds a member that must be there',
      { required: ['id', 'note', 'gift'], properties: { ...paid.properties, gift: {} } },
      /data\.gift is new and required now/,
    ],
    ['takes a member away', { required: ['id'], properties: { id: text } }, /data\.note is gone/],
    ['makes a member optional', { required: ['id'] }, /data\.note may be missing now/],
    [
      'changes a type',
      { properties: { id: text, note: { type: 'integer' } } },
      /data\.note is integer now, was string/,
    ],
    ['narrows a member', { properties: { id: text, note: { ...text, maxLength: 9 } } }, /maxLength 9 now, had none/],
  ] as const) {
    it(`that ${what} is refused`, () => {
      assert.match(changed(change), sentence)
    })
  }

  it('that removes the event is refused', () => {
    assert.match(breakingEventChanges({ 'order.paid': paid }, {}).join(), /^order\.paid: the event is gone/)
  })
})

describe('the command', () => {
  async function withFile(events: Events, test: (file: URL) => Promise<void>): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'doran-events-'))
    const file = pathToFileURL(join(directory, 'events.json'))
    try {
      await writeFile(file, JSON.stringify(events))
      await test(file)
    } finally {
      await rm(directory, { recursive: true })
    }
  }

  it('accepts growth and then finds no difference', async () => {
    const { 'order.paid': _, ...fewer } = present
    await withFile(fewer, async (file) => {
      const before = await eventCompatibility(false, file)
      const accepted = await eventCompatibility(true, file)
      const after = await eventCompatibility(false, file)

      assert.match(before.text, /have changed and break nothing/)
      assert.equal(accepted.ok, true)
      assert.deepEqual(after, { ok: true, text: 'The events are the accepted ones.' })
    })
  })

  it('refuses to accept breaking changes, and leaves the file as it was', async () => {
    const more = { ...present, 'order.lost': {} }
    await withFile(more, async (file) => {
      const { ok, text } = await eventCompatibility(true, file)

      assert.equal(ok, false)
      assert.match(text, /order\.lost: the event is gone/)
      assert.deepEqual(await acceptedEvents(file), more)
    })
  })
})
