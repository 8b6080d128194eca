/** Tells the community who its reader is. */
export interface Account {
  /** Identifies the member; undefined for guests. */
  id(): string | undefined
  /** Calls back on sign-in and sign-out; returns a function that unsubscribes. */
  subscribe(onChange: () => void): () => void
  /** The API has identified the reader and answered the token to use from now on. */
  confirm(token: string): void
  /** The API has not identified the reader. */
  doubt(error: unknown): void
}
