/** Where it is written when the page was last loaded anew because a part of it was gone; milliseconds since 1970. */
const RELOADED = 'doran.reloaded'

/** After a new version was put up, the parts of the old one are gone: the page is loaded anew, once a minute at most. */
export function reloadForNewVersion(): void {
  addEventListener('vite:preloadError', () => {
    if (!navigator.onLine || Date.now() - Number(sessionStorage.getItem(RELOADED)) < 60_000) return
    sessionStorage.setItem(RELOADED, String(Date.now()))
    location.reload()
  })
}
