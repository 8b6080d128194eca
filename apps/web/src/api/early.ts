/** The requests that the page sends before any script has loaded (`index.html`). */

interface Early {
  readonly config: Promise<Response>
  /** Path of the product that is the first screen, and the answer to it. */
  readonly path?: string
  answer?: Promise<Response>
}

const early = (globalThis as { doran?: Early }).doran

export function earlyConfig(): Promise<Response> | undefined {
  return early?.config
}

/** Returns the answer to this path once; later requests go to the API. */
export function takeEarlyAnswer(path: string): Promise<Response> | undefined {
  if (!early || early.path !== path) return undefined
  const { answer } = early
  delete early.answer
  return answer
}
