/** What can be asked of the spans of a whole trace. */
import type { CollectedSpan } from '../../platform/fleet/test/collector.ts'

/** Spans whose parent is missing, each as `service name`; `outside` is the span of whoever sent the first request. */
export function gapsOf(spans: readonly CollectedSpan[], outside?: string): string[] {
  const known = new Set([outside, ...spans.map(({ spanId }) => spanId)])
  return spans.filter(({ parentSpanId }) => !known.has(parentSpanId)).map(({ service, name }) => `${service} ${name}`)
}

/** A span with all those that led to it, the first one first, each as `service kind name`. */
export function pathTo(spans: readonly CollectedSpan[], service: string, name: string): string[] {
  const path: CollectedSpan[] = []
  let span = spans.find((span) => span.service === service && span.name === name && span.kind === 'server')
  while (span) {
    path.unshift(span)
    const { parentSpanId } = span
    span = spans.find(({ spanId }) => spanId === parentSpanId)
  }
  return path.map(({ service, kind, name }) => `${service} ${kind} ${name}`)
}

/**
 * Spans that do not lie within their parent, each as `service name`. Work that a task does begins later than what caused
 * it and ends when it ends. `tolerance` in milliseconds: the clocks of two processes, and that a server's span ends when
 * the answer has left, which may be after the caller has read it.
 */
export function outsideParents(spans: readonly CollectedSpan[], tolerance: number): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  return spans
    .filter((span) => {
      const parent = byId.get(span.parentSpanId ?? '')
      if (!parent) return false
      const early = span.start < parent.start - tolerance
      return early || (span.kind !== 'consumer' && span.end > parent.end + tolerance)
    })
    .map(({ service, name }) => `${service} ${name}`)
}
