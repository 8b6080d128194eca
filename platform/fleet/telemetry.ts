/** Exports our spans, with our ids, to an OpenTelemetry collector, with OpenTelemetry's own batching and export. */

import type { Span, SpanSink } from '@doran/kernel/platform'
import { type SpanContext, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace'
import type { Logger } from 'pino'

export interface OtlpOptions {
  /** The collector, without `/v1/traces`. */
  readonly endpoint: string
  readonly service: string
  readonly instance: string
  readonly version: string
  readonly log: Logger
}

/** Spans that wait while the collector is slow or unreachable; further ones are dropped. */
const MAX_QUEUED_SPANS = 4_096
const EXPORT_TIMEOUT_MS = 5_000
const FINAL_FLUSH_MS = 2_000

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
}

export function otlpSpans({ endpoint, service, instance, version, log }: OtlpOptions): SpanSink {
  const resource = resourceFromAttributes({
    'service.name': service,
    'service.instance.id': instance,
    'service.version': version,
  })
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`
  const processor = new BatchSpanProcessor({
    exporter: loggingFailures(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS }), url, log),
    maxQueueSize: MAX_QUEUED_SPANS,
    scheduledDelayMillis: 1_000,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
  })
  return {
    record: (span) => processor.onEnd(readable(span, resource)),
    async close() {
      const timeUp = new Promise<void>((resolve) => setTimeout(resolve, FINAL_FLUSH_MS).unref())
      await Promise.race([processor.shutdown(), timeUp]).catch((err) => log.debug({ err }, 'the last traces are lost'))
    },
  }
}

/** OpenTelemetry hides failed exports. This logs when the collector stops accepting spans and when it resumes. */
function loggingFailures(exporter: OTLPTraceExporter, url: string, log: Logger): SpanExporter {
  let failing = false
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const { error: err } = result
        if (err && !failing)
          log.warn({ err }, `the collector at ${url} does not take traces; they are lost until it does`)
        if (!err && failing) log.info(`the collector at ${url} takes traces again`)
        failing = err !== undefined
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
  }
}

function readable(span: Span, resource: ReadableSpan['resource']): ReadableSpan {
  const { trace, name, kind, start, end, attributes, error } = span
  const context = (spanId: string): SpanContext => ({ traceId: trace.traceId, spanId, traceFlags: TraceFlags.SAMPLED })
  return {
    name,
    kind: KINDS[kind],
    spanContext: () => context(trace.spanId),
    ...(trace.parentId && { parentSpanContext: { ...context(trace.parentId), isRemote: kind === 'server' } }),
    startTime: secondsAndNanos(start),
    endTime: secondsAndNanos(end),
    duration: secondsAndNanos(end - start),
    ended: true,
    status: error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
    attributes: { ...attributes },
    links: [],
    events: [],
    resource,
    instrumentationScope: { name: 'doran' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

/** Milliseconds as whole seconds and remaining nanoseconds. */
function secondsAndNanos(milliseconds: number): [number, number] {
  const whole = Math.floor(milliseconds / 1_000)
  return [whole, Math.round((milliseconds - whole * 1_000) * 1e6)]
}
