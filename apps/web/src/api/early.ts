/** What the page itself has asked for before any script was there (`index.html`). */

interface Early {
  readonly config: Promise<Response>
  /** Path of a product that is the first screen, and the answer to it. */
  readonly path?: string
  answer?: Promise<Response>
}

const early = (globalThis as { doran?: Early }).doran

export function earlyConfig(): Promise<Response> | undefined {
  return early?.config
}

/** The answer to this path, once; later it is asked for anew. */
export function takeEarlyAnswer(path: string): Promise<Response> | undefined {
  if (!early || early.path !== path) return undefined
  const { answer } = early
  delete early.answer
  return answer
}
