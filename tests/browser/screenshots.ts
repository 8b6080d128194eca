/**
 * Writes a screenshot of every screen, in both languages and themes, on a phone and on a desktop.
 *
 *     npm run screenshots                 all screens
 *     npm run screenshots -- cart order   screens whose names begin with one of these words
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { prepareTour, type Screen } from './screens.ts'
import { type Member, openShop } from './shop.ts'
import { signedIn } from './signed-in.ts'
import { closeBrowser, newVisitor } from './visitor.ts'

const FOLDER = join(import.meta.dirname, '../../apps/web/screenshots')
const WIDTHS = { phone: { width: 360, height: 800 }, desk: { width: 1280, height: 900 } }
const wanted = process.argv.slice(2)

const shop = await openShop({ community: true })
try {
  const { member, screens } = await prepareTour(shop)
  await rm(FOLDER, { recursive: true, force: true })
  await mkdir(FOLDER, { recursive: true })
  for (const language of ['ko', 'en'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      for (const [device, size] of Object.entries(WIDTHS)) {
        for (const as of ['guest', 'member'] as const) {
          const chosen = screens.filter((screen) => screen.as === as && isWanted(screen))
          await shoot(chosen, as === 'member' ? member : undefined, { language, theme, ...size }, device)
        }
      }
    }
  }
  console.log(`The screens are in ${FOLDER}.`)
} finally {
  await closeBrowser()
  await shop.close()
}

function isWanted({ name }: Screen): boolean {
  return wanted.length === 0 || wanted.some((beginning) => name.startsWith(beginning))
}

async function shoot(
  screens: readonly Screen[],
  member: Member | undefined,
  look: { language: 'ko' | 'en'; theme: 'light' | 'dark'; width: number; height: number },
  device: string,
): Promise<void> {
  const visitor = await newVisitor({ url: shop.url, ...look })
  if (member) await signedIn(visitor, member)
  for (const { name, path, first } of screens) {
    await visitor.open(path)
    await first?.(visitor.page)
    const file = `${name}.${device}.${look.language}.${look.theme}.png`
    await visitor.page.screenshot({ path: join(FOLDER, file), fullPage: true, animations: 'disabled' })
  }
  await visitor.close()
}
