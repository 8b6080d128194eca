import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertRefused, type Profile, type RealWorld } from './client.ts'

export function profilesRules(realworld: () => RealWorld): void {
  describe('a profile', () => {
    it('is visible to everyone', async () => {
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

    it('is not followed until the reader asks', async () => {
      const [reader, writer] = await two(realworld())

      assert.equal((await read(realworld(), writer, reader)).following, false)
    })

    it('is followed once the reader asks', async () => {
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

    it('is no longer followed after the reader unfollows', async () => {
      const [reader, writer] = await two(realworld())
      await ask(realworld(), 'POST', writer, reader)
      const { status, body } = await ask(realworld(), 'DELETE', writer, reader)

      assert.equal(status, 200)
      assert.deepEqual(body, { profile: { username: writer.username, bio: null, image: null, following: false } })
      assert.equal((await read(realworld(), writer, reader)).following, false)
    })

    it('that is not followed can be unfollowed without an error', async () => {
      const [reader, writer] = await two(realworld())
      const { status, body } = await ask(realworld(), 'DELETE', writer, reader)

      assert.deepEqual([status, body.profile?.following], [200, false])
    })

    it('does not follow back, and only its followers follow it', async () => {
      const [reader, writer] = await two(realworld())
      const other = await realworld().register()
      await ask(realworld(), 'POST', writer, reader)

      assert.equal((await read(realworld(), reader, writer)).following, false)
      assert.equal((await read(realworld(), writer, other)).following, false)
      assert.equal((await read(realworld(), writer)).following, false)
    })

    it('of an unknown member is not found', async () => {
      const answer = await realworld().call('GET', realworld().profilePath(realworld().unique('nobody')))

      assertRefused(answer, 404, 'profile', 'not found')
    })

    for (const [method, verb] of [
      ['POST', 'followed'],
      ['DELETE', 'unfollowed'],
    ] as const) {
      it(`of an unknown member cannot be ${verb}`, async () => {
        const nobody = { username: realworld().unique('nobody') }
        const answer = await ask(realworld(), method, nobody, await realworld().register())

        assertRefused(answer, 404, 'profile', 'not found')
      })

      it(`cannot be ${verb} without a token`, async () => {
        assertRefused(await ask(realworld(), method, await realworld().register()), 401, 'token', 'is missing')
      })

      it(`of an unknown member cannot be ${verb} without a token, and the answer does not tell that it is unknown`, async () => {
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
