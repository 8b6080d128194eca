import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { loadConfig } from './api/config.ts'
import { queryClient } from './api/query-client.ts'
import { router } from './routes.tsx'
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

await loadConfig()
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
