/**
 * Sends requests at a fixed rate, whether or not the earlier ones have been answered. A time counts from the moment at
 * which the request was due, so a stalled server is charged for every request that was due meanwhile. In the uncounted
 * seconds the rate rises from zero to the full rate, because visitors do not all come at the moment at which a server
 * starts.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

export interface Answered {
  /** Responses in time order, second by second; the last second is that of the last response. */
  readonly seconds: readonly { answered: number; errors: number; worst: number }[]
  /** Times in microseconds, of all requests and of each kind. */
  readonly times: RecordableHistogram
  readonly byKind: ReadonlyMap<string, RecordableHistogram>
  readonly errors: number
  /** Number of requests sent, including uncounted ones. */
  readonly sent: number
  /** By error code: the count, and the first message. */
  readonly failures: ReadonlyMap<string, Failure>
  /** Microseconds by which requests were sent late: what the generator itself adds to every time. */
  readonly lateness: RecordableHistogram
}

export interface Failure {
  times: number
  readonly first: string
}

/** A request of some kind. `send` rejects if the response is not as expected. */
export interface Due {
  readonly kind: string
  send(): Promise<unknown>
}

/** Milliseconds between two checks for due requests: a timer for each request would cost the server its processor. */
const TICK_MS = 4

export async function openLoop(
  next: () => Due,
  { rate, seconds, uncounted }: { rate: number; seconds: number; uncounted: number },
): Promise<Answered> {
  const times = createHistogram()
  const lateness = createHistogram()
  const byKind = new Map<string, RecordableHistogram>()
  const timeline: { answered: number; errors: number; worst: number }[] = []
  const failures = new Map<string, Failure>()
  const begun = performance.now()
  const rising = (rate * uncounted) / 2
  const total = Math.round(rising + rate * seconds)
  const dueAfter = (count: number) =>
    count < rising ? Math.sqrt((2 * count * uncounted) / rate) : uncounted + (count - rising) / rate
  let sent = 0
  let open = 0
  let errors = 0
  let allAnswered = () => {}
  const finished = new Promise<void>((resolve) => (allAnswered = resolve))

  async function ask({ kind, send }: Due, due: number): Promise<void> {
    const counted = due - begun >= uncounted * 1_000
    if (counted) lateness.record(microseconds(performance.now() - due))
    open++
    let failed = false
    try {
      await send()
    } catch (error) {
      failed = true
      const { code, message } = error as NodeJS.ErrnoException
      const failure = failures.get(code ?? message) ?? { times: 0, first: `${kind}: ${message}` }
      failures.set(code ?? message, failure)
      failure.times++
    }
    const now = performance.now()
    open--
    if (failed) errors++
    if (counted) {
      const took = microseconds(now - due)
      times.record(took)
      histogramOf(byKind, kind).record(took)
      const second = secondOf(timeline, Math.floor((now - begun) / 1_000 - uncounted))
      second.answered++
      if (failed) second.errors++
      second.worst = Math.max(second.worst, (now - due) | 0)
    }
    if (open === 0 && sent === total) allAnswered()
  }

  function sendDue(): void {
    const now = performance.now()
    for (; sent < total; sent++) {
      const due = begun + dueAfter(sent) * 1_000
      if (due > now) break
      void ask(next(), due)
    }
    if (sent < total) setTimeout(sendDue, TICK_MS)
  }
  sendDue()
  await finished
  return { seconds: timeline, times, byKind, errors, sent, failures, lateness }
}

function microseconds(milliseconds: number): number {
  return Math.max(1, Math.round(milliseconds * 1_000))
}

function histogramOf(histograms: Map<string, RecordableHistogram>, kind: string): RecordableHistogram {
  const known = histograms.get(kind)
  if (known) return known
  const made = createHistogram()
  histograms.set(kind, made)
  return made
}

function secondOf(timeline: { answered: number; errors: number; worst: number }[], second: number) {
  while (timeline.length <= second) timeline.push({ answered: 0, errors: 0, worst: 0 })
  return timeline[second] as (typeof timeline)[number]
}
