/**
 * Reads the databases of all services and the payment sandbox's own ledger, and says of each invariant whether it holds.
 * Databases are not read at one instant and orders are under way, so what looks broken is looked at again and counts as
 * broken only if it still is at every look.
 */
import { setTimeout } from 'node:timers/promises'
import { type Finding, INVARIANTS, type Invariant, SHOWN } from './finding.ts'
import type { CheckOptions } from './options.ts'
import { openShop, type Shop } from './shop.ts'
import type { Sources } from './sources.ts'
import type { Suspect, Walk } from './walk.ts'
import { walksOf } from './walks.ts'

export { type Finding, INVARIANTS, type Invariant, type Offence } from './finding.ts'
export type { CheckOptions } from './options.ts'
export { type Sources, sourcesOf } from './sources.ts'

/** So many suspects are enough: a walk that finds more breaks off. */
const ENOUGH = 10_000
/** How many suspects are looked at again at once. */
const SUSPECTS_AT_ONCE = 500

export async function checkInvariants(sources: Sources, options: CheckOptions = {}): Promise<Finding[]> {
  const { settle = 6, looks = 3 } = options
  const shop = await openShop(sources, options)
  try {
    const strolls: Stroll[] = []
    for (const walk of walksOf(shop)) strolls.push(await stroll(walk))
    for (let look = 1; look < looks && strolls.some(({ suspects }) => suspects.length > 0); look++) {
      await setTimeout((settle * 1_000) / (looks - 1))
      for (const each of strolls) each.suspects = await lookAgain(each)
    }
    return (Object.keys(INVARIANTS) as Invariant[]).map((invariant) => findingOf(invariant, strolls, shop))
  } finally {
    await shop.close()
  }
}

/** A walk, and what came of it. */
interface Stroll {
  readonly walk: Walk
  readonly looked: number
  readonly brokeOff: boolean
  /** The first of them; a walk finds those of one invariant only. */
  readonly parked: readonly Suspect[]
  readonly parkedCount: number
  suspects: Suspect[]
}

async function stroll(walk: Walk): Promise<Stroll> {
  const suspects: Suspect[] = []
  const parked: Suspect[] = []
  let [looked, parkedCount] = [0, 0]
  let page = await walk.page(undefined)
  for (; page.length > 0 && suspects.length < ENOUGH; page = await walk.page(page.at(-1))) {
    looked += page.length
    const found = Map.groupBy(await walk.look(page), (suspect) => Boolean(suspect.parked))
    suspects.push(...(found.get(false) ?? []))
    const waiting = found.get(true) ?? []
    parked.push(...waiting.slice(0, SHOWN - parked.length))
    parkedCount += waiting.length
  }
  return { walk, looked, brokeOff: page.length > 0, parked, parkedCount, suspects }
}

/** Those that are still broken. */
async function lookAgain({ walk, suspects }: Stroll): Promise<Suspect[]> {
  const subjects = [...new Set(suspects.map(({ subject, id }) => subject ?? id))]
  const before = new Set(suspects.map(keyOf))
  const found: Suspect[] = []
  for (let from = 0; from < subjects.length; from += SUSPECTS_AT_ONCE) {
    found.push(...(await walk.look(subjects.slice(from, from + SUSPECTS_AT_ONCE))))
  }
  return found.filter((suspect) => !suspect.parked && before.has(keyOf(suspect)))
}

const keyOf = ({ invariant, id }: Suspect) => `${invariant} ${id}`

function findingOf(invariant: Invariant, strolls: readonly Stroll[], { blind }: Shop): Finding {
  const own = strolls.filter(({ walk }) => walk.invariants.includes(invariant))
  const suspects = own.flatMap(({ suspects }) => suspects.filter((suspect) => suspect.invariant === invariant))
  // Two walks may come upon the same thing.
  const offending = [...new Map(suspects.map((suspect) => [suspect.id, suspect])).values()]
  const parked = own.filter(({ parked }) => parked[0]?.invariant === invariant)
  const atLeast = own.some(({ brokeOff }) => brokeOff)
  const reason = blind(invariant) ?? (atLeast ? 'so much looked broken that the rest was not looked at' : undefined)
  return {
    invariant,
    about: INVARIANTS[invariant],
    state: offending.length > 0 ? 'broken' : reason ? 'not looked at' : 'holds',
    ...(reason && { reason }),
    looked: sum(own.map(({ looked }) => looked)),
    offending: shown(offending),
    offendingCount: offending.length,
    atLeast,
    parked: shown(parked.flatMap(({ parked }) => parked)),
    parkedCount: sum(parked.map(({ parkedCount }) => parkedCount)),
  }
}

const shown = (suspects: readonly Suspect[]) => suspects.slice(0, SHOWN).map(({ id, what }) => ({ id, what }))

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
