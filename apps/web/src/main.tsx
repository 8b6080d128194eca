/** The first code that runs. It is small, so that what the first screen shows is asked for before the rest is here. */
import { loadConfig } from './api/config.ts'
import { openFirstScreen } from './first-screen.ts'
import './styles.css'

/** Where it is written when the page was last loaded anew because a part of it was gone; milliseconds since 1970. */
const RELOADED = 'doran.reloaded'

// After a new version was put up, the parts of the old one are gone: the page is loaded anew, once a minute at most.
addEventListener('vite:preloadError', (event) => {
  if (!navigator.onLine || Date.now() - Number(sessionStorage.getItem(RELOADED)) < 60_000) return
  event.preventDefault()
  sessionStorage.setItem(RELOADED, String(Date.now()))
  location.reload()
})

begin()

/** Not awaited here: the application imports what is in this file's chunk, and would wait for it to end. */
async function begin(): Promise<void> {
  const application = import('./application.tsx')
  await loadConfig()
  openFirstScreen()
  const { start } = await application
  start()
}
