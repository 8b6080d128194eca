/** Metrics, traces and logs of a process. `fleet/telemetry.ts` exports the traces. */
export { createLog } from './log.ts'
export { collectProcessMetrics, createMetrics, gauge, type Metrics } from './metrics.ts'
export { randomHex } from './random-hex.ts'
export {
  beginSpan,
  childOf,
  newTrace,
  type Span,
  type SpanSink,
  type Trace,
  traceFrom,
  traceOf,
  traceParent,
} from './trace.ts'
