/** What the public door shows to people. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const WEB = fileURLToPath(new URL('../web/dist', import.meta.url))
const PICTURES = fileURLToPath(new URL('./seed/pictures', import.meta.url))

/** The web application when it has been built (`npm run build`), and the pictures of the sample shop. */
export function pages(): { web: string | undefined; pictures: string } {
  return { web: existsSync(WEB) ? WEB : undefined, pictures: PICTURES }
}
