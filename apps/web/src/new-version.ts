/** Storage name of the time of the last reload for a missing file; milliseconds since 1970. */
const RELOADED_AT = 'doran.reloaded'

/** Reloads the page, at most once a minute, if a new version has replaced the files of the old one. */
export function reloadForNewVersion(): void {
  addEventListener('vite:preloadError', () => {
    if (!navigator.onLine || Date.now() - Number(sessionStorage.getItem(RELOADED_AT)) < 60_000) return
    sessionStorage.setItem(RELOADED_AT, String(Date.now()))
    location.reload()
  })
}
