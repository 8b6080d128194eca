/** Remembers how many pages of a list were open at each place of the browser's history; reloading opens them again. */

const STORAGE_NAME = 'doran.pages'
const MAX_REMEMBERED = 50

/** `place` is the router's key of a history entry. */
export function loadedPages(place: string | undefined): number | undefined {
  return place === undefined ? undefined : read()[place]
}

export function rememberPages(place: string | undefined, pages: number): void {
  if (place === undefined) return
  const { [place]: _, ...others } = read()
  const latest = Object.entries(others).slice(1 - MAX_REMEMBERED)
  try {
    sessionStorage.setItem(STORAGE_NAME, JSON.stringify(Object.fromEntries([...latest, [place, pages]])))
  } catch {
    // Without storage a reloaded list begins with its first page.
  }
}

function read(): Record<string, number> {
  try {
    return JSON.parse(sessionStorage.getItem(STORAGE_NAME) ?? '{}')
  } catch {
    return {}
  }
}
