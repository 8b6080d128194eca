import { performance } from 'node:perf_hooks'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Prometheus metrics of one platform: rate, errors and duration of all work, and saturation. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  const durations = <Label extends string>(what: string, help: string, labelNames: readonly Label[]) =>
    new Histogram({
      name: `doran_${what}_duration_seconds`,
      help,
      labelNames,
      buckets: DURATION_BUCKETS_SECONDS,
      registers,
    })
  return {
    registry,
    request: durations('http_request', 'Requests at public routes', ['service', 'operation', 'status']),
    served: durations('served_call', 'Calls that other processes make here', ['service', 'operation', 'status']),
    call: durations('call', 'Calls from one service to another', ['service', 'operation', 'outcome']),
    task: durations('task', 'Runs of event handlers, jobs and sagas', ['handler', 'outcome']),
    inFlight: new Gauge({ name: 'doran_requests_in_flight', help: 'Requests and calls being answered', registers }),
    events: new Counter({
      name: 'doran_events_relayed_total',
      help: 'Events handed on to a service that lives in another database',
      labelNames: ['handler'],
      registers,
    }),
  }
}

/** Adds metrics of the process itself, under the names that are customary for Node.js. */
export function collectProcessMetrics({ registry }: Metrics): void {
  collectDefaultMetrics({ register: registry })
  new Counter({
    name: 'nodejs_eventloop_active_seconds_total',
    help: 'Time for which the event loop had work; as a rate it is how busy the process is, at most 1',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(performance.eventLoopUtilization().active / 1000)
    },
  })
}

/** Registers a gauge. `read` returns its values with their labels, and runs whenever metrics are collected. */
export function gauge<Label extends string>(
  metrics: Metrics,
  name: string,
  help: string,
  labelNames: readonly Label[],
  read: () => Promise<[labels: Record<Label, string>, value: number][]>,
): void {
  new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [metrics.registry],
    async collect() {
      this.reset()
      for (const [labels, value] of await read()) this.set(labels, value)
    },
  })
}
