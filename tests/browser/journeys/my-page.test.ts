import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { signedIn } from '../signed-in.ts'
import { theShop } from '../the-shop.ts'
import { newVisitor } from '../visitor.ts'

describe('my page', () => {
  it('gives a member all data that is stored about them, as a file', async () => {
    const shop = await theShop()
    const member = await shop.newMember()
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await signedIn(visitor, member)

    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download my data' }).click()
    const download = await downloading

    assert.equal(download.suggestedFilename(), 'doran-my-data.json')
    const kept = JSON.parse(await readFile(await download.path(), 'utf8'))
    assert.deepEqual(Object.keys(kept), Object.keys(await member.calls.user.exportMe()))
    assert.match(JSON.stringify(kept), new RegExp(member.email))
    visitor.assertQuiet()
    await visitor.close()
  })

  it('ends every session of a member, including this one', async () => {
    const shop = await theShop()
    const member = await shop.newMember()
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    await signedIn(visitor, member)
    await visitor.open('/me/sessions')

    await page.getByRole('button', { name: 'Sign out on every device' }).click()

    await page.getByText('You are signed out on every device').waitFor()
    await page.waitForURL(({ pathname }) => pathname === '/')
    assert.equal(await page.evaluate(() => localStorage.getItem('doran.session')), null)
    await assert.rejects(member.calls.user.getMe(), { code: 'token_invalid' })
    visitor.assertQuiet()
    await visitor.close()
  })

  it('closes an account after its password was entered, and asks for no other sign-in', async () => {
    const shop = await theShop()
    const member = await shop.newMember()
    const visitor = await newVisitor({ url: shop.url })
    const { page } = visitor
    visitor.expectErrors(/401 \(Unauthorized\)/)
    await signedIn(visitor, member)

    await page.getByRole('button', { name: 'Close the account' }).click()
    const dialog = page.getByRole('dialog', { name: 'Close the account' })
    await dialog.getByLabel('Present password').fill('not the password')
    await dialog.getByRole('button', { name: 'Close my account' }).click()
    await dialog.getByText('The e-mail address or the password is wrong.').waitFor()
    await dialog.getByLabel('Present password').fill(member.password)
    await dialog.getByRole('button', { name: 'Close my account' }).click()

    await page.getByText('Your account is closed. Thank you for having been here.').waitFor()
    await page.waitForURL(({ pathname }) => pathname === '/')
    await page.waitForLoadState('networkidle')
    assert.equal(await page.getByRole('dialog', { name: 'Please sign in again' }).count(), 0)
    visitor.assertQuiet()
    await visitor.close()
  })
})
