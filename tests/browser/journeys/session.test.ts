import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signedIn } from '../signed-in.ts'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

describe('a session', () => {
  it('that ends while a member is editing is renewed in a dialogue, and nothing is lost', async () => {
    const shop = await theShop()
    const member = await shop.newMember()
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    visitor.expectErrors(/401 \(Unauthorized\)/)
    await signedIn(visitor, member)
    await page.getByLabel('Name', { exact: true }).fill('Dora the Second')
    for (const { id, current } of (await member.calls.auth.listSessions()).items) {
      if (!current) await member.calls.auth.revokeSession({ sessionId: id })
    }

    await page.getByRole('button', { name: 'Save' }).click()
    const dialog = page.getByRole('dialog', { name: 'Please sign in again' })
    await dialog.getByLabel('E-mail address').fill(member.email)
    await dialog.getByLabel('Password').fill(member.password)
    await dialog.getByRole('button', { name: 'Sign in' }).click()

    await page.getByText('Saved').waitFor()
    assert.equal((await member.calls.user.getMe()).name, 'Dora the Second')
    visitor.assertQuiet()
    await visitor.close()
  })

  it('is renewed silently shortly before its token expires', async () => {
    const shop = await theShop()
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await signedIn(visitor, await shop.newMember())
    const old = await page.evaluate(() => {
      const session = JSON.parse(localStorage.getItem('doran.session') as string)
      localStorage.setItem('doran.session', JSON.stringify({ ...session, expiresAt: Date.now() + 1_000 }))
      return session.accessToken
    })

    await visitor.open('/orders')

    await page.getByRole('heading', { level: 1, name: 'My orders' }).waitFor()
    const token = await page.evaluate(() => JSON.parse(localStorage.getItem('doran.session') as string).accessToken)
    assert.notEqual(token, old)
    visitor.assertQuiet()
    await visitor.close()
  })

  it('is required for private pages: guests sign in and come back', async () => {
    const shop = await theShop()
    const member = await shop.newMember()
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await visitor.open('/me/addresses')

    await page.getByLabel('E-mail address').fill(member.email)
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByText('The e-mail address or the password is wrong.').waitFor()
    await page.getByLabel('Password', { exact: true }).fill(member.password)
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()

    await page.getByRole('heading', { level: 1, name: 'Addresses' }).waitFor()
    visitor.expectErrors(/401 \(Unauthorized\)/)
    visitor.assertQuiet()
    await visitor.close()
  })
})
