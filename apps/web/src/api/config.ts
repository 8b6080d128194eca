/** What the place that serves the pages says about them, in `config.json` beside them. */

import { earlyConfig } from './early.ts'

export interface Config {
  /** Where the API is, without a slash at the end; empty when it is where the pages are. */
  readonly apiUrl: string
}

let config: Config = { apiUrl: '' }

export async function loadConfig(): Promise<void> {
  const response = await (earlyConfig() ?? fetch(`${import.meta.env.BASE_URL}config.json`))
  if (!response.ok) throw new Error(`config.json could not be read (${response.status}).`)
  const { apiUrl = '' } = (await response.json()) as Partial<Config>
  config = { apiUrl: apiUrl.replace(/\/$/, '') }
}

export function apiUrl(): string {
  return config.apiUrl
}

/** The address of something that the API's server has, such as a picture; whole addresses stay as they are. */
export function addressOf(path: string): string {
  return path.startsWith('/') && !path.startsWith('//') ? config.apiUrl + path : path
}
