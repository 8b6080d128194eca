import type { Invariant, Offence } from './finding.ts'

/** Goes through everything of a kind, in batches: what it finds broken is looked at again later. */
export interface Walk {
  /** What it looks for. */
  readonly invariants: readonly Invariant[]
  /** The next subjects in ascending order, after the last one of the page before; an empty page ends the walk. */
  page(after: string | undefined): Promise<string[]>
  look(subjects: readonly string[]): Promise<Suspect[]>
}

/** Something that looks broken. It is, if it still looks so when a system in motion has had time to finish. */
export interface Suspect extends Offence {
  readonly invariant: Invariant
  /** Where to look again, unless that is under the id. */
  readonly subject?: string
  /** It waits for an operator; see {@link Finding.parked}. */
  readonly parked?: boolean
}

/** The offences of an invariant as suspects. */
export function suspectsOf<O extends Offence>(invariant: Invariant, offences: readonly O[]): (O & Suspect)[] {
  return offences.map((offence) => ({ ...offence, invariant }))
}

/** Before all ids. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000'
