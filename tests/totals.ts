/** A reporter of node:test that writes what a program wants to know of a run: one JSON object. */
import type { TestEvent } from 'node:test/reporters'

export interface Totals {
  readonly passed: number
  readonly failed: readonly { readonly name: string; readonly file: string }[]
}

export default async function* totals(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let passed = 0
  const failed: { name: string; file: string }[] = []
  for await (const { type, data } of events) {
    if (type === 'test:pass' && data.details.type !== 'suite') passed++
    if (type === 'test:fail' && !isBecauseOfAnother(data)) failed.push({ name: data.name, file: data.file ?? '' })
  }
  yield JSON.stringify({ passed, failed } satisfies Totals)
}

/** A suite fails with its tests; by itself it fails when it cannot be loaded, prepared or cleared away. */
function isBecauseOfAnother({ details }: Extract<TestEvent, { type: 'test:fail' }>['data']): boolean {
  return details.type === 'suite' && (details.error as { failureType?: string }).failureType === 'subtestsFailed'
}
