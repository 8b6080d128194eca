/** Settings of the pages' host, from `config.json` beside the pages. */

import { earlyConfig } from './early.ts'

export interface Config {
  /** The API's address, without a slash at the end; empty if it is the pages' origin. */
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

/** The address of a file on the API's server, such as a picture. Absolute addresses stay unchanged. */
export function addressOf(path: string): string {
  return isPath(path) ? config.apiUrl + path : path
}

/** Whether a member's text can be the address of a picture. */
export function isPictureAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) || isPath(text)
}

/** Browsers read `/\\host` and `/<tab>/host` as another host, as they do `//host`. */
function isPath(text: string): boolean {
  return text.startsWith('/') && URL.parse(text, NO_HOST)?.origin === NO_HOST
}
