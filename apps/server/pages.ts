/** The static files that the public HTTP server serves to people. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const WEB = fileURLToPath(new URL('../web/dist', import.meta.url))
const PICTURES = fileURLToPath(new URL('./seed/pictures', import.meta.url))

/** Whether the web application has been built (`npm run build`). */
export function hasPages(): boolean {
  return existsSync(WEB)
}

/** Returns the folder of the web application, if it has been built, and that of the sample shop's pictures. */
export function pages(): { web: string | undefined; pictures: string } {
  return { web: hasPages() ? WEB : undefined, pictures: PICTURES }
}
