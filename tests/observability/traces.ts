/** Queries on the spans of a complete trace. */
import type { CollectedSpan } from '../../platform/fleet/test/collector.ts'

/**
 * Returns the spans whose parent is missing, each as `service name`. `outside` is the span of the client that sent the
 * first request.
 */
export function gapsOf(spans: readonly CollectedSpan[], outside?: string): string[] {
  const known = new Set([outside, ...spans.map(({ spanId }) => spanId)])
  return spans.filter(({ parentSpanId }) => !known.has(parentSpanId)).map(({ service, name }) => `${service} ${name}`)
}

/** Returns a span and all its ancestors, the first one first, each as `service kind name`. */
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
 * Returns the spans that do not lie within their parent, each as `service name`. A task's work may start and end after
 * its cause. `tolerance` in milliseconds covers the clocks of two processes, and a server's span that ends after the
 * caller has read the response.
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
