import { randomHex } from './id.ts'

/** W3C trace context (https://www.w3.org/TR/trace-context/): which request this work belongs to. */
export interface Trace {
  /** 32 hexadecimal digits, the same for all that one request caused. */
  readonly traceId: string
  /** 16 hexadecimal digits: this piece of work. */
  readonly spanId: string
}

export function newTrace(): Trace {
  return { traceId: randomHex(16), spanId: randomHex(8) }
}

/** The same trace, one piece of work further. */
export function childOf(trace: Trace): Trace {
  return { traceId: trace.traceId, spanId: randomHex(8) }
}

/** Reads a `traceparent` header; starts a new trace when there is none that is valid. */
export function traceFrom(header: string | null | undefined): Trace {
  const match = header ? /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(header) : null
  const [, traceId, spanId] = match ?? []
  if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return newTrace()
  return childOf({ traceId, spanId })
}

export function traceParent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-01`
}
