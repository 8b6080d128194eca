/** The first code that runs. It is small, so that it requests the first screen's data before the rest has loaded. */
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

/** Not awaited at the top level: the application imports from this file's chunk, and would wait for it to end. */
async function begin(): Promise<void> {
  await loadConfig()
  await openFirstScreen()
  // The page has preloaded it (`modulepreload`); this runs it.
  const { start } = await import('./application.tsx')
  endOfFirstScreen()
  await start()
}
