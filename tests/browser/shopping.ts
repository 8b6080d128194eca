/** Steps that visitors repeat, by what they see on the page. */
import type { Page } from 'playwright-core'
import { CARDS } from './paying.ts'

/** On a product page: chooses the first available value of every option, and puts the product into the cart. */
export async function putIntoCart(page: Page): Promise<void> {
  await chooseOptions(page)
  await page.getByRole('button', { name: 'Put into cart' }).locator('visible=true').first().click()
  await page.getByText('It is in your cart').waitFor()
}

export async function chooseOptions(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Put into cart' }).locator('visible=true').first().waitFor()
  const options = page
    .getByRole('main')
    .getByRole('group')
    .filter({ has: page.getByRole('radio') })
  for (const option of await options.all()) await option.locator('label').first().click()
}

/** The links to products on a screen. */
export function productLinks(page: Page) {
  return page.locator('main a[href*="/products/"]')
}

export async function signUp(page: Page, email: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill('Dora Kim')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Create my account' }).click()
}

/** At the checkout, with an empty address book. */
export async function writeAddress(page: Page): Promise<void> {
  await page.getByLabel('Recipient').fill('Dora Kim')
  await page.getByLabel('Phone number').fill('01012345678')
  await page.getByLabel('Postal code').fill('03045')
  await page.getByLabel('Road name and number').fill('161 Sajik-ro, Jongno-gu, Seoul')
  await page.getByLabel('Details (optional)').fill('3F')
}

/** Goes from the checkout or an order to the payment page, and pays there. */
export async function payWith(page: Page, button: RegExp, card: keyof typeof CARDS): Promise<void> {
  await page.getByRole('button', { name: button }).locator('visible=true').first().click()
  await page.getByLabel('Card number').fill(CARDS[card])
  await page.getByLabel('Valid until (MM/YY)').fill('12/40')
  await page.getByLabel('CVC').fill('123')
  await page.getByRole('button', { name: /^Pay/ }).click()
}
