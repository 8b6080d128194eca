/**
 * Events only grow, like the public API: `docs/events.json` holds the accepted events. During an upgrade two versions
 * run side by side, and events that wait in a database outlive versions. So the present schema must accept what an
 * earlier version published, and an earlier version must be able to read what is published now.
 *
 *     npm exec -- node apps/server/event-compatibility.ts    # lists what breaks; exit 1 if something does
 *     npm run accept:api                                     # writes the present events and API, if nothing breaks
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import type { Event } from '@doran/kernel/contract'
import { acceptCommand, formatted, type Schema, schemaProblems } from './compatibility.ts'
import { serviceNames } from './loaders.ts'

export const acceptedEventsFile = new URL('../../docs/events.json', import.meta.url)

/** The schema of each event, by the event's name. */
export type Events = Record<string, Schema>

/** Returns the events that the services' contracts declare now. */
export async function presentEvents(): Promise<Events> {
  const declared: [string, Schema][] = []
  for (const service of serviceNames) {
    const contract = (await import(`@doran/${service}/contract`)) as Record<string, unknown>
    for (const event of Object.values(contract).filter(isEvent)) {
      if (!event.name.startsWith(`${service}.`))
        throw new Error(`${service} declares ${event.name}; begin it with ${service}.`)
      declared.push([event.name, event.data as Schema])
    }
  }
  return JSON.parse(JSON.stringify(Object.fromEntries(declared.sort(([one], [other]) => (one < other ? -1 : 1)))))
}

export async function acceptedEvents(file = acceptedEventsFile): Promise<Events> {
  return JSON.parse(await readFile(file, 'utf8'))
}

/** Returns a sentence for each thing in the events of one version that the other would not understand. */
export function breakingEventChanges(before: Events, after: Events): string[] {
  return Object.entries(before).flatMap(([name, was]) => {
    const is = after[name]
    if (!is) return [`${name}: the event is gone, and others may listen to it or have it waiting.`]
    const waiting = schemaProblems(was, is, 'request', 'data')
    const published = schemaProblems(was, is, 'reply', 'data')
    return [...new Set([...waiting, ...published])].map((problem) => `${name}: ${problem}.`)
  })
}

/** Runs the command on a file. Returns its output and whether the events are compatible. */
export async function eventCompatibility(
  accept: boolean,
  file = acceptedEventsFile,
): Promise<{ ok: boolean; text: string }> {
  const [accepted, present] = [await acceptedEvents(file), await presentEvents()]
  const broken = breakingEventChanges(accepted, present)
  if (broken.length > 0) return { ok: false, text: eventRefusal(broken) }
  if (isDeepStrictEqual(accepted, present)) return { ok: true, text: 'The events are the accepted ones.' }
  if (!accept) return { ok: true, text: `The events have changed and break nothing. Accept them: ${acceptCommand}` }
  await writeFile(file, formatted(present))
  return { ok: true, text: `The events break nothing; they are written to ${fileURLToPath(file)}.` }
}

export function eventRefusal(broken: readonly string[]): string {
  return [
    'The events break what was accepted in docs/events.json:',
    ...broken.map((sentence) => `- ${sentence}`),
    'Keep the event as it was and publish the new form beside it, under another name: docs/decisions/0031-events-only-grow.md',
  ].join('\n')
}

function isEvent(value: unknown): value is Event {
  return typeof value === 'object' && value !== null && 'name' in value && 'data' in value
}

if (import.meta.main) {
  const { ok, text } = await eventCompatibility(process.argv[2] === '--accept')
  process[ok ? 'stdout' : 'stderr'].write(`${text}\n`)
  process.exitCode = ok ? 0 : 1
}
