import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { validate } from '../contract/schema.ts'
import { Line, Text } from '../contract/values.ts'

describe('text that people read', () => {
  for (const text of ['', ' ', '\u200b', '\u3164', '\u2800', '\ufeff\u200d', '\u00ad']) {
    it(`is not ${JSON.stringify(text)}, which shows nothing`, () => {
      assert.ok(validate(Text(10), text))
      assert.ok(validate(Line(10), text))
      assert.ok(validate(Line(10, 'name'), text))
    })
  }

  for (const text of ['a\nb', 'a\u2028b', 'a\u202eb', 'a\u2066b', 'a\u200fb']) {
    it(`is on one line, in one direction: not ${JSON.stringify(text)}`, () => {
      assert.deepEqual(Object.values(validate(Line(10), text) ?? {}), [['must be one line of text']])
      assert.equal(validate(Text(10), text), undefined)
    })
  }

  it('may have joined emoji, except in a name', () => {
    const family = '\u{1f468}\u200d\u{1f469}'

    assert.equal(validate(Line(10), family), undefined)
    assert.ok(validate(Line(10, 'name'), family))
    assert.equal(validate(Line(10, 'name'), '김도란 \u2764\ufe0f'), undefined)
  })
})
