/** Where the community learns who its reader is. */
export interface Account {
  /** Tells members apart; undefined for guests. */
  id(): string | undefined
  /** Calls back when somebody signs in or out; answers what ends that. */
  subscribe(onChange: () => void): () => void
  /** The API has said who this is, and which token counts from now on. */
  confirm(token: string): void
  /** The API did not say who this is. */
  doubt(error: unknown): void
}
