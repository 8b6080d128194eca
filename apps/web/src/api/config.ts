/** What the place that serves the pages says about them, in `config.json` beside them. */

import { earlyConfig } from './early.ts'

export interface Config {
  /** Where the API is, without a slash at the end; empty when it is where the pages are. */
  readonly apiUrl: string
}

const NO_HOST = 'http://no-host.invalid'

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
  return isPath(path) ? config.apiUrl + path : path
}

/** Whether a text that a member wrote can be the address of a picture. */
export function isPictureAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) || isPath(text)
}

/** As browsers read it: they take `/\\host` and `/<tab>/host` for another host, as they do `//host`. */
function isPath(text: string): boolean {
  return text.startsWith('/') && URL.parse(text, NO_HOST)?.origin === NO_HOST
}
