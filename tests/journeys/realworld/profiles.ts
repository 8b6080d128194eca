import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertRefused, type Profile, type RealWorld } from './client.ts'

export function profilesRules(realworld: () => RealWorld): void {
  describe('a profile', () => {
    it('is seen by anyone', async () => {
      const { username } = await realworld().register()
      const { status, body } = await realworld().call('GET', realworld().profilePath(username))

      assert.equal(status, 200)
      assert.deepEqual(body, { profile: { username, bio: null, image: null, following: false } })
    })

    it('shows what its owner wrote', async () => {
      const member = await realworld().register()
      const written = { bio: 'Reads at night', image: 'https://example.com/face.png' }
      await realworld().call('PUT', '/user', { as: member, body: { user: written } })

      const { username } = member
      assert.deepEqual(await read(realworld(), member), { username, ...written, following: false })
    })

    it('is not followed by a reader who has not asked for it', async () => {
      const [reader, writer] = await two(realworld())

      assert.equal((await read(realworld(), writer, reader)).following, false)
    })

    it('is followed from then on', async () => {
      const [reader, writer] = await two(realworld())
      const { status, body } = await ask(realworld(), 'POST', writer, reader)

      assert.equal(status, 200)
      assert.deepEqual(body, { profile: { username: writer.username, bio: null, image: null, following: true } })
      assert.equal((await read(realworld(), writer, reader)).following, true)
    })

    it('that is followed twice stays followed', async () => {
      const [reader, writer] = await two(realworld())
      await ask(realworld(), 'POST', writer, reader)
      const { status, body } = await ask(realworld(), 'POST', writer, reader)

      assert.deepEqual([status, body.profile?.following], [200, true])
      assert.equal((await read(realworld(), writer, reader)).following, true)
    })

    it('is no longer followed from then on', async () => {
      const [reader, writer] = await two(realworld())
      await ask(realworld(), 'POST', writer, reader)
      const { status, body } = await ask(realworld(), 'DELETE', writer, reader)

      assert.equal(status, 200)
      assert.deepEqual(body, { profile: { username: writer.username, bio: null, image: null, following: false } })
      assert.equal((await read(realworld(), writer, reader)).following, false)
    })

    it('that was not followed can be left all the same', async () => {
      const [reader, writer] = await two(realworld())
      const { status, body } = await ask(realworld(), 'DELETE', writer, reader)

      assert.deepEqual([status, body.profile?.following], [200, false])
    })

    it('does not follow back, nor is it followed by others', async () => {
      const [reader, writer] = await two(realworld())
      const other = await realworld().register()
      await ask(realworld(), 'POST', writer, reader)

      assert.equal((await read(realworld(), reader, writer)).following, false)
      assert.equal((await read(realworld(), writer, other)).following, false)
      assert.equal((await read(realworld(), writer)).following, false)
    })

    it('of nobody is not found', async () => {
      const answer = await realworld().call('GET', realworld().profilePath(realworld().unique('nobody')))

      assertRefused(answer, 404, 'profile', 'not found')
    })

    for (const [method, verb] of [
      ['POST', 'followed'],
      ['DELETE', 'left'],
    ] as const) {
      it(`of nobody cannot be ${verb}`, async () => {
        const nobody = { username: realworld().unique('nobody') }
        const answer = await ask(realworld(), method, nobody, await realworld().register())

        assertRefused(answer, 404, 'profile', 'not found')
      })

      it(`cannot be ${verb} without a token`, async () => {
        assertRefused(await ask(realworld(), method, await realworld().register()), 401, 'token', 'is missing')
      })

      it(`of nobody does not tell that it is unknown when it is ${verb} without a token`, async () => {
        const nobody = { username: realworld().unique('nobody') }

        assertRefused(await ask(realworld(), method, nobody), 401, 'token', 'is missing')
      })
    }
  })
}

async function two(world: RealWorld) {
  return [await world.register(), await world.register()] as const
}

function ask(world: RealWorld, method: 'POST' | 'DELETE', of: { username: string }, as?: { token: string }) {
  return world.call(method, `${world.profilePath(of.username)}/follow`, { ...(as && { as }) })
}

async function read(world: RealWorld, of: { username: string }, as?: { token: string }): Promise<Profile> {
  return (await world.get(world.profilePath(of.username), as)).profile
}
