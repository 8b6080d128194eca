/** A trace collector that stores the spans that it receives by OTLP over HTTP. */
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
  /** The sender: `service.name`, `service.instance.id` and `service.version`. */
  readonly resource: Record<string, string>
  /** Message of the error; undefined unless the span failed. */
  readonly error: string | undefined
}

interface OtlpSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  status: { code: number; message?: string }
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
  /** Status with which it answers; 200 by default. */
  status: number
  close(): void
}

export async function openCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = []
  const server = createServer(async (request, response) => {
    const isTraces = request.url === '/v1/traces'
    if (isTraces) spans.push(...spansIn(JSON.parse(await text(request))))
    response.writeHead(isTraces ? collector.status : 404, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const collector: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    status: 200,
    spansOf: (id) => spans.filter(({ traceId }) => traceId === id),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  return collector
}

function spansIn({ resourceSpans }: OtlpBody): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource: { attributes }, scopeSpans }) => {
    const resource = Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]))
    const service = resource['service.name'] ?? ''
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
        resource,
        error: status.code === FAILED ? (status.message ?? '') : undefined,
      })),
    )
  })
}
