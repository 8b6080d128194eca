/** Light or dark, as chosen or, without a choice, as on the device. `index.html` applies it before the first paint. */
import { useSyncExternalStore } from 'react'
import { stored } from '../api/stored.ts'

export type Theme = 'light' | 'dark' | 'system'
export const THEMES: readonly Theme[] = ['light', 'dark', 'system']

const chosen = stored<Theme>('doran.theme')
chosen.subscribe(applyTheme)

export function useTheme(): Theme {
  return useSyncExternalStore(chosen.subscribe, currentTheme)
}

export function chooseTheme(theme: Theme): void {
  chosen.set(theme === 'system' ? undefined : theme)
}

/** Applies the theme chosen here or in another page. */
function applyTheme(): void {
  const theme = currentTheme()
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

function currentTheme(): Theme {
  return chosen.get() ?? 'system'
}
