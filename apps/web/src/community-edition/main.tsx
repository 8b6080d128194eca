import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { loadConfig } from '../api/config.ts'
import { queryClient } from '../api/query-client.ts'
import { reloadForNewVersion } from '../new-version.ts'
import { showStartFailed } from '../start-failed.ts'
import '../styles.css'
import { answerTests } from './debug.ts'
import { editionRouter } from './routes.ts'

const { queries, ...others } = queryClient.getDefaultOptions()
// A reader prefers an early error with a button over a long wait.
queryClient.setDefaultOptions({ ...others, queries: { ...queries, retryDelay: 500 } })
answerTests()
reloadForNewVersion()

loadConfig().then(start, (error) => {
  showStartFailed()
  throw error
})

function start(): void {
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={editionRouter} />
      </QueryClientProvider>
    </StrictMode>,
  )
}

/** Loads the other screens after the first one: they are small, and should open at once. */
const stop = editionRouter.subscribe('onResolved', () => {
  stop()
  for (const route of Object.values(editionRouter.routesById)) editionRouter.loadRouteChunk(route)
})
