import { randomHex } from './random-hex.ts'

/** W3C trace context (https://www.w3.org/TR/trace-context/): which request this work belongs to. */
export interface Trace {
  /** 32 hexadecimal digits, the same for all that one request caused. */
  readonly traceId: string
  /** 16 hexadecimal digits: this piece of work. */
  readonly spanId: string
  /** The piece of work that caused it, unless it is the first. */
  readonly parentId?: string
}

/** A piece of work that is over, as OpenTelemetry tells of it. */
export interface Span {
  readonly trace: Trace
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** Milliseconds since the epoch, with a fraction. */
  readonly start: number
  readonly end: number
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** Why it failed. */
  readonly error?: string
}

/** Where spans go. */
export interface SpanSink {
  record(span: Span): void
  close(): Promise<void>
}

/** Begins a span; the function that it answers ends it, with what went wrong if something did. */
export function beginSpan(
  sink: SpanSink | undefined,
  span: Pick<Span, 'trace' | 'name' | 'kind' | 'attributes'>,
): (error?: unknown) => void {
  if (!sink) return () => {}
  const now = () => performance.timeOrigin + performance.now()
  const start = now()
  return (error) => {
    const failure = error === undefined ? undefined : { error: error instanceof Error ? error.message : String(error) }
    sink.record({ ...span, start, end: now(), ...failure })
  }
}

export function newTrace(): Trace {
  return { traceId: randomHex(16), spanId: randomHex(8) }
}

/** The same trace, one piece of work further. */
export function childOf(trace: Trace): Trace {
  return { traceId: trace.traceId, spanId: randomHex(8), parentId: trace.spanId }
}

/** What the work that a `traceparent` header names has caused; the beginning of a new trace when it names none. */
export function traceFrom(header: string | null | undefined): Trace {
  const cause = traceOf(header)
  return cause ? childOf(cause) : newTrace()
}

/** The very work that a `traceparent` header names; undefined when the header is not valid. */
export function traceOf(header: string | null | undefined): Trace | undefined {
  const match = header ? /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(header) : null
  const [, traceId, spanId] = match ?? []
  if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId }
}

export function traceParent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-01`
}
