import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Prometheus metrics of one platform: rate, errors and duration of all work, and how full things are. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    request: new Histogram({
      name: 'doran_http_request_duration_seconds',
      help: 'Requests at the public door, by operation and status class',
      labelNames: ['service', 'operation', 'status'],
      buckets: BUCKETS,
      registers,
    }),
    served: new Histogram({
      name: 'doran_served_call_duration_seconds',
      help: 'Calls that other processes make here, by operation and status class',
      labelNames: ['service', 'operation', 'status'],
      buckets: BUCKETS,
      registers,
    }),
    call: new Histogram({
      name: 'doran_call_duration_seconds',
      help: 'Calls from one service to another',
      labelNames: ['service', 'operation', 'outcome'],
      buckets: BUCKETS,
      registers,
    }),
    task: new Histogram({
      name: 'doran_task_duration_seconds',
      help: 'Runs of event handlers, jobs and sagas',
      labelNames: ['handler', 'outcome'],
      buckets: BUCKETS,
      registers,
    }),
    events: new Counter({
      name: 'doran_events_relayed_total',
      help: 'Events handed on to a service that lives in another database',
      labelNames: ['handler'],
      registers,
    }),
  }
}

/** Adds figures of the process itself and gauges that are read when somebody asks. */
export function collectProcessMetrics(metrics: Metrics): void {
  collectDefaultMetrics({ register: metrics.registry, prefix: 'doran_process_' })
}

/** A gauge whose values are read at the time of asking. */
export function gauge<Label extends string>(
  metrics: Metrics,
  name: string,
  help: string,
  labelNames: readonly Label[],
  read: () => Promise<{ labels: Record<Label, string>; value: number }[]>,
): void {
  new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [metrics.registry],
    async collect() {
      this.reset()
      for (const { labels, value } of await read()) this.set(labels, value)
    },
  })
}
