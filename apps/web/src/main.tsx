/** The first code that runs. It is small, so that what the first screen shows is asked for before the rest is here. */
import { loadConfig } from './api/config.ts'
import { openFirstScreen } from './first-screen.ts'
import { reloadForNewVersion } from './new-version.ts'
import './styles.css'

reloadForNewVersion()
begin()

/** Not awaited here: the application imports what is in this file's chunk, and would wait for it to end. */
async function begin(): Promise<void> {
  const application = import('./application.tsx')
  await loadConfig()
  openFirstScreen()
  const { start } = await application
  start()
}
