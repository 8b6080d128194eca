/** The first code that runs. It is small, so that what the first screen shows is asked for before the rest is here. */
import { loadConfig } from './api/config.ts'
import { endOfFirstScreen, openFirstScreen } from './first-screen.ts'
import { reloadForNewVersion } from './new-version.ts'
import { showStartFailed } from './start-failed.ts'
import './styles.css'

reloadForNewVersion()
begin().catch((error) => {
  showStartFailed()
  throw error
})

/** Not awaited here: the application imports what is in this file's chunk, and would wait for it to end. */
async function begin(): Promise<void> {
  await loadConfig()
  await openFirstScreen()
  // The page has it loaded already (`modulepreload`); from here on it runs.
  const { start } = await import('./application.tsx')
  endOfFirstScreen()
  await start()
}
