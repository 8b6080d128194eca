import type { Member } from './shop.ts'
import type { Visitor } from './visitor.ts'

/** Signs a member in with the form. */
export async function signedIn({ page, open }: Visitor, { email, password }: Member): Promise<void> {
  await open('/sign-in?to=/me')
  await page.locator('input[name=email]').fill(email)
  await page.locator('input[name=password]').fill(password)
  await page.locator('main button[type=submit]').click()
  await page.waitForURL(({ pathname }) => pathname === '/me')
  await page.waitForLoadState('networkidle')
}
