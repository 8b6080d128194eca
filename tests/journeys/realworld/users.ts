import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertRefused, BLANKS, forged, type Member, type RealWorld, type User } from './client.ts'

const FIELDS = ['username', 'email', 'password'] as const

export function usersRules(realworld: () => RealWorld): void {
  registration(realworld)
  login(realworld)
  currentUser(realworld)
  changes(realworld)
  refusedChanges(realworld)
  sharedAccount(realworld)
}

function registration(realworld: () => RealWorld): void {
  describe('registration', () => {
    const register = (user: object) => realworld().call('POST', '/users', { body: { user } })
    const newcomer = () => {
      const username = realworld().unique('newcomer')
      return { username, email: `${username}@example.com`, password: 'correct horse' }
    }

    it('returns the new user with a token and no other values', async () => {
      const asked = newcomer()
      const { status, body } = await register(asked)

      assert.equal(status, 201)
      const { token, ...user } = body.user as User
      assert.match(token, /\S/)
      assert.deepEqual(user, { username: asked.username, email: asked.email, bio: null, image: null })
    })

    it('leaves the e-mail address free when it is refused', async () => {
      const taken = await realworld().register()
      const asked = newcomer()
      assertRefused(await register({ ...asked, username: taken.username }), 409, 'username')

      assert.equal((await register(asked)).status, 201)
    })

    for (const field of FIELDS) {
      for (const [how, blank] of Object.entries({ ...BLANKS, 'a null': null })) {
        it(`with ${how} ${field} is refused on its key`, async () => {
          assertRefused(await register({ ...newcomer(), [field]: blank }), 422, field, "can't be blank")
        })
      }
    }

    it('with a taken username is refused', async () => {
      const { username } = await realworld().register()

      assertRefused(await register({ ...newcomer(), username }), 409, 'username', 'has already been taken')
    })

    it('with a taken username in other capitals is refused', async () => {
      const username = (await realworld().register()).username.toUpperCase()

      assertRefused(await register({ ...newcomer(), username }), 409, 'username', 'has already been taken')
    })

    it('with a taken e-mail address is refused', async () => {
      const { email } = await realworld().register()

      assertRefused(await register({ ...newcomer(), email }), 409, 'email', 'has already been taken')
    })

    it('with a taken e-mail address in other capitals is refused', async () => {
      const email = (await realworld().register()).email.toUpperCase()

      assertRefused(await register({ ...newcomer(), email }), 409, 'email', 'has already been taken')
    })

    it('with a password of seven characters is refused', async () => {
      assertRefused(await register({ ...newcomer(), password: 'sevenff' }), 422, 'password')
    })

    it('with an invalid e-mail address is refused', async () => {
      assertRefused(await register({ ...newcomer(), email: 'not an address' }), 422, 'email')
    })
  })
}

function login(realworld: () => RealWorld): void {
  describe('login', () => {
    it('returns the user with a token that works', async () => {
      const { username, email, password } = await realworld().register()
      const { status, body } = await signIn(realworld(), { email, password })

      assert.equal(status, 200)
      const { token, ...user } = body.user as User
      assert.deepEqual(user, { username, email, bio: null, image: null })
      assert.equal((await realworld().get('/user', { token })).user.username, username)
    })

    it('with a wrong password is refused', async () => {
      const { email } = await realworld().register()

      assertRefused(await signIn(realworld(), { email, password: 'wrong horse' }), 401, 'credentials', 'invalid')
    })

    it('with an unknown e-mail address is refused in the same words', async () => {
      const email = `${realworld().unique('nobody')}@example.com`

      assertRefused(await signIn(realworld(), { email, password: 'correct horse' }), 401, 'credentials', 'invalid')
    })

    for (const field of ['email', 'password'] as const) {
      it(`with an empty ${field} is refused on its key`, async () => {
        const { email, password } = await realworld().register()
        const answer = await signIn(realworld(), { email, password, [field]: '' })

        assertRefused(answer, 422, field, "can't be blank")
      })
    }
  })
}

function currentUser(realworld: () => RealWorld): void {
  describe('the current user', () => {
    it('is returned with a token that works', async () => {
      const { token, username, email } = await realworld().register()
      const { status, body } = await realworld().call('GET', '/user', { as: { token } })

      assert.equal(status, 200)
      const { token: answered, ...user } = body.user as User
      assert.deepEqual(user, { username, email, bio: null, image: null })
      assert.equal((await realworld().get('/user', { token: answered })).user.username, username)
    })

    it('may send the token as a Bearer', async () => {
      const member = await realworld().register()
      const { status, body } = await realworld().market.platform.request('GET', '/api/user', { as: member })

      assert.deepEqual([status, body.user?.username], [200, member.username])
    })

    it('is refused without a token', async () => {
      assertRefused(await realworld().call('GET', '/user'), 401, 'token', 'is missing')
    })

    it('is refused with a forged token', async () => {
      const as = forged(await realworld().register())

      assert.equal((await realworld().call('GET', '/user', { as })).status, 401)
    })
  })
}

function changes(realworld: () => RealWorld): void {
  describe('a change of the user', () => {
    for (const [field, value] of Object.entries({ bio: 'Reads at night', image: 'https://example.com/face.png' })) {
      it(`of the ${field} alone leaves the rest, and persists`, async () => {
        const member = await realworld().register()
        const before = await read(realworld(), member)
        const { status, body } = await change(realworld(), member, { [field]: value })

        assert.equal(status, 200)
        assert.deepEqual(withoutToken(body.user), { ...before, [field]: value })
        assert.deepEqual(await read(realworld(), member), { ...before, [field]: value })
      })

      for (const [how, blank] of [
        ['an empty', ''],
        ['a null', null],
      ] as const) {
        it(`to ${how} ${field} clears it`, async () => {
          const member = await realworld().register()
          await change(realworld(), member, { [field]: value })
          const { status, body } = await change(realworld(), member, { [field]: blank })

          assert.deepEqual([status, body.user?.[field]], [200, null])
          assert.equal((await read(realworld(), member))[field as 'bio' | 'image'], null)
        })
      }
    }

    it('of the name and the e-mail address is returned and persists', async () => {
      const { member, changed, answer } = await rename(realworld())

      assert.equal(answer.status, 200)
      assert.deepEqual(withoutToken(answer.body.user), { ...changed, bio: null, image: null })
      assert.deepEqual(await read(realworld(), member), { ...changed, bio: null, image: null })
    })

    it('of the name and the e-mail address keeps the old token valid beside the new one', async () => {
      const { member, changed, answer } = await rename(realworld())

      for (const { token } of [answer.body.user as User, member]) {
        assert.equal((await read(realworld(), { token })).username, changed.username)
      }
    })

    it('of the e-mail address moves the login to the new one', async () => {
      const { member, changed } = await rename(realworld())
      const { password } = member

      assert.equal((await signIn(realworld(), { email: changed.email, password })).status, 200)
      assertRefused(await signIn(realworld(), { email: member.email, password }), 401, 'credentials', 'invalid')
    })

    it('of the name is shown at once by articles, comments and the profile', async () => {
      const member = await realworld().register()
      const article = await realworld().publish(member)
      await realworld().comment(member, article)
      const username = realworld().unique('renamed')
      await change(realworld(), member, { username })

      assert.equal((await realworld().get(article.path)).article.author.username, username)
      assert.equal((await realworld().get(`${article.path}/comments`)).comments[0].author.username, username)
      assert.equal((await realworld().get(realworld().profilePath(username))).profile.username, username)
    })

    it('of the name leaves no profile under the old name', async () => {
      const { member } = await rename(realworld())
      const answer = await realworld().call('GET', realworld().profilePath(member.username))

      assertRefused(answer, 404, 'profile', 'not found')
    })

    for (const length of [8, 64]) {
      it(`to a password of ${length} characters makes that the password for signing in`, async () => {
        const member = await realworld().register()
        const password = 'x'.repeat(length)
        const { status } = await change(realworld(), member, { password })

        assert.equal(status, 200)
        assert.equal((await signIn(realworld(), { email: member.email, password })).status, 200)
        const old = await signIn(realworld(), member)
        assertRefused(old, 401, 'credentials', 'invalid')
      })
    }

    it('with no values changes nothing', async () => {
      const member = await realworld().register()
      const before = await read(realworld(), member)
      const { status, body } = await change(realworld(), member, {})

      assert.equal(status, 200)
      assert.deepEqual(withoutToken(body.user), before)
      assert.deepEqual(await read(realworld(), member), before)
    })
  })
}

function refusedChanges(realworld: () => RealWorld): void {
  describe('a refused change of the user', () => {
    for (const field of ['username', 'email'] as const) {
      for (const [how, blank] of [
        ['an empty', ''],
        ['a null', null],
      ] as const) {
        it(`for ${how} ${field} changes nothing`, async () => {
          const member = await realworld().register()
          const before = await read(realworld(), member)

          assertRefused(await change(realworld(), member, { bio: 'New', [field]: blank }), 422, field)
          assert.deepEqual(await read(realworld(), member), before)
        })
      }

      it(`for a taken ${field} changes nothing`, async () => {
        const taken = (await realworld().register())[field]
        const member = await realworld().register()
        const before = await read(realworld(), member)
        const answer = await change(realworld(), member, { bio: 'New', [field]: taken })

        assertRefused(answer, 409, field, 'has already been taken')
        assert.deepEqual(await read(realworld(), member), before)
      })
    }

    for (const [how, password] of [
      ['a null password', null],
      ['an empty password', ''],
      ['a password of seven characters', 'sevenff'],
    ] as const) {
      it(`for ${how} keeps the old one`, async () => {
        const member = await realworld().register()

        assertRefused(await change(realworld(), member, { password }), 422, 'password')
        assert.equal((await signIn(realworld(), member)).status, 200)
      })
    }

    it('for a missing token says so', async () => {
      const answer = await realworld().call('PUT', '/user', { body: { user: { bio: 'Nobody' } } })

      assertRefused(answer, 401, 'token', 'is missing')
    })
  })
}

function sharedAccount(realworld: () => RealWorld): void {
  describe('the account', () => {
    it('of a member who registered here belongs to the marketplace, too', async () => {
      const member = await realworld().register()
      const me = await realworld().get('/users/me', member)

      assert.equal(me.email, member.email)
    })

    it('of a member who registered in the marketplace has a username', async () => {
      const somebody = await realworld().market.signUp()

      assert.match((await read(realworld(), somebody)).username, /\S/)
    })

    it('of a member who registered in the marketplace can publish articles', async () => {
      const somebody = await realworld().market.signUp()
      const { username } = await read(realworld(), somebody)
      const { path } = await realworld().publish(somebody)

      assert.equal((await realworld().get(path)).article.author.username, username)
    })
  })
}

async function rename(world: RealWorld) {
  const member = await world.register()
  const username = world.unique('renamed')
  const changed = { username, email: `${username}@example.com` }
  return { member, changed, answer: await change(world, member, changed) }
}

function change(world: RealWorld, as: { token: string }, user: object) {
  return world.call('PUT', '/user', { as, body: { user } })
}

function signIn(world: RealWorld, { email, password }: Pick<Member, 'email' | 'password'>) {
  return world.call('POST', '/users/login', { body: { user: { email, password } } })
}

async function read(world: RealWorld, as: { token: string }): Promise<Omit<User, 'token'>> {
  return withoutToken((await world.get('/user', as)).user)
}

function withoutToken({ token: _token, ...user }: User): Omit<User, 'token'> {
  return user
}
