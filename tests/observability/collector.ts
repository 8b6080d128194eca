/** A collector of traces that keeps what it is sent by OTLP over HTTP, and what can be asked of a whole trace. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** Milliseconds since the epoch. */
  readonly start: number
  readonly end: number
  readonly service: string
  readonly failed: boolean
}

interface OtlpSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  status: { code: number }
}

interface OtlpBody {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue: string } }[] }
    scopeSpans: { spans: OtlpSpan[] }[]
  }[]
}

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const
const FAILED = 2

export interface Collector {
  readonly url: string
  spansOf(traceId: string): CollectedSpan[]
  readonly spans: readonly CollectedSpan[]
  close(): void
}

export async function openCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = []
  const server = createServer(async (request, response) => {
    if (request.url === '/v1/traces') spans.push(...spansIn(JSON.parse(await text(request))))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    spansOf: (id) => spans.filter(({ traceId }) => traceId === id),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function spansIn({ resourceSpans }: OtlpBody): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? ''
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId, name, kind, startTimeUnixNano, endTimeUnixNano, status }) => ({
        traceId,
        spanId,
        parentSpanId,
        name,
        kind: KINDS[kind] ?? 'internal',
        start: Number(startTimeUnixNano) / 1e6,
        end: Number(endTimeUnixNano) / 1e6,
        service,
        failed: status.code === FAILED,
      })),
    )
  })
}

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
