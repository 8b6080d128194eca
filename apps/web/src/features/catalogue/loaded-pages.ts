/** How many pages of a list were open at each place of the browser's history, so that reloading opens them again. */

const NAME = 'doran.pages'
const REMEMBERED = 50

/** `place` is the router's key of an entry of the history. */
export function loadedPages(place: string | undefined): number | undefined {
  return place === undefined ? undefined : read()[place]
}

export function rememberPages(place: string | undefined, pages: number): void {
  if (place === undefined) return
  const { [place]: _, ...others } = read()
  const latest = Object.entries(others).slice(1 - REMEMBERED)
  try {
    sessionStorage.setItem(NAME, JSON.stringify(Object.fromEntries([...latest, [place, pages]])))
  } catch {
    // Without storage a reloaded list begins with its first page.
  }
}

function read(): Record<string, number> {
  try {
    return JSON.parse(sessionStorage.getItem(NAME) ?? '{}')
  } catch {
    return {}
  }
}
