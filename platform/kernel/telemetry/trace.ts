import { randomHex } from './random-hex.ts'

/** W3C trace context (https://www.w3.org/TR/trace-context/): identifies the request to which this work belongs. */
export interface Trace {
  /** 32 hexadecimal digits, the same for all work that one request causes. */
  readonly traceId: string
  /** 16 hexadecimal digits that identify this unit of work. */
  readonly spanId: string
  /** The `spanId` of the work that caused this work; undefined for the first. */
  readonly parentId?: string
}

/** A finished unit of work, in OpenTelemetry's terms. */
export interface Span {
  readonly trace: Trace
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** Milliseconds since the epoch, with fractions; so is `end`. */
  readonly start: number
  readonly end: number
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** Message of the error with which the work failed. */
  readonly error?: string
}

/** Receives finished spans. */
export interface SpanSink {
  record(span: Span): void
  close(): Promise<void>
}

/** Begins a span and returns the function that ends it. Pass the error to that function when the work failed. */
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

/** A new unit of work in the same trace, caused by the given one. */
export function childOf(trace: Trace): Trace {
  return { traceId: trace.traceId, spanId: randomHex(8), parentId: trace.spanId }
}

/** A unit of work caused by the one in a `traceparent` header; the start of a new trace without a valid header. */
export function traceFrom(header: string | null | undefined): Trace {
  const cause = traceOf(header)
  return cause ? childOf(cause) : newTrace()
}

/** The unit of work in a `traceparent` header itself; undefined for an invalid header. */
export function traceOf(header: string | null | undefined): Trace | undefined {
  const match = header ? /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(header) : null
  const [, traceId, spanId] = match ?? []
  if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId }
}

export function traceParent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-01`
}
