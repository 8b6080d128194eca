import type { Row } from '../rows.ts'
import type { Suite } from '../suite.ts'
export async function growth(_suite: Suite): Promise<Row[]> {
  return []
}
