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
// Whoever reads would rather hear soon that something is wrong, and press a button, than wait.
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

/** Once the first screen is here, the others are fetched: they are small, and what is read next should be there at once. */
const stop = editionRouter.subscribe('onResolved', () => {
  stop()
  for (const route of Object.values(editionRouter.routesById)) editionRouter.loadRouteChunk(route)
})
