import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RealWorld } from './client.ts'

export function tagsRules(realworld: () => RealWorld): void {
  describe('the tags', () => {
    it('are a list of words', async () => {
      await realworld().publish(await realworld().register(), { tagList: [realworld().unique('tag')] })
      const { status, body } = await realworld().call('GET', '/tags')

      assert.equal(status, 200)
      assert.deepEqual(Object.keys(body), ['tags'])
      assert.ok((body.tags as unknown[]).every((tag) => typeof tag === 'string'))
    })

    it('include a tag as soon as it is used', async () => {
      const tag = realworld().unique('tag')
      assert.ok(!(await tags(realworld())).includes(tag))
      await realworld().publish(await realworld().register(), { tagList: [tag] })

      assert.ok((await tags(realworld())).includes(tag))
    })

    it('include a tag as soon as an article changes to it', async () => {
      const author = await realworld().register()
      const { path } = await realworld().publish(author)
      const tag = realworld().unique('tag')
      await realworld().call('PUT', path, { as: author, body: { article: { tagList: [tag] } } })

      assert.ok((await tags(realworld())).includes(tag))
    })

    it('include each tag once, however many articles have it', async () => {
      const tag = realworld().unique('tag')
      for (let count = 0; count < 2; count++) {
        await realworld().publish(await realworld().register(), { tagList: [tag] })
      }

      const found = await tags(realworld())
      assert.equal(found.filter((other) => other === tag).length, 1)
      assert.equal(new Set(found).size, found.length)
    })
  })
}

async function tags(world: RealWorld): Promise<string[]> {
  return (await world.get('/tags')).tags
}
