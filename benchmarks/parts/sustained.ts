import type { Row } from '../rows.ts'
import type { Suite } from '../suite.ts'
export async function sustained(_suite: Suite): Promise<Row[]> {
  return []
}
