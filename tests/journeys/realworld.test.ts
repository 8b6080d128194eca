/** The RealWorld ("Conduit") API as its clients know it: each rule has its own test. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Marketplace, openMarketplace } from './marketplace.ts'
import { articlesRules } from './realworld/articles.ts'
import { openRealWorld, type RealWorld } from './realworld/client.ts'
import { commentsRules } from './realworld/comments.ts'
import { favoritesRules } from './realworld/favorites.ts'
import { feedRules } from './realworld/feed.ts'
import { listsRules } from './realworld/lists.ts'
import { profilesRules } from './realworld/profiles.ts'
import { tagsRules } from './realworld/tags.ts'
import { usersRules } from './realworld/users.ts'

describe('the RealWorld API', () => {
  let market: Marketplace
  let world: RealWorld
  before(async () => {
    market = await openMarketplace()
    world = openRealWorld(market)
  })
  after(() => market.close())

  const realworld = () => world
  usersRules(realworld)
  profilesRules(realworld)
  articlesRules(realworld)
  listsRules(realworld)
  feedRules(realworld)
  favoritesRules(realworld)
  commentsRules(realworld)
  tagsRules(realworld)

  it("answers every error with a code, the request's id and the errors by key", async () => {
    const author = await world.register()
    const { path } = await world.publish(author)
    const { username, email, password } = author
    const answers = [
      await world.call('GET', '/user'),
      await world.call('DELETE', path, { as: await world.register() }),
      await world.call('GET', world.articlePath('nothing-here')),
      await world.call('POST', '/users', { body: { user: { username, email, password } } }),
      await world.call('POST', '/users', { body: { user: { username: '', email, password } } }),
    ]

    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 403, 404, 409, 422],
    )
    for (const { body } of answers) {
      assert.match(body.code, /^[a-z_]+$/)
      assert.match(body.requestId, /\S/)
      assert.ok(Object.keys(body.errors).length > 0, `${body.code} names no key`)
    }
  })
})
