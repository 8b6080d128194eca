import type { Offence } from './finding.ts'

/** Goes through all subjects of one kind in batches. Whatever it finds broken is inspected again later. */
export interface Scan {
  /** The invariants that it checks. */
  readonly invariants: readonly string[]
  /** Returns the next subjects after `after` in ascending order; an empty page ends the scan. */
  page(after: string | undefined): Promise<string[]>
  inspect(subjects: readonly string[]): Promise<Suspect[]>
}

/** Something that looks broken. It is broken if it still looks so after the running system has had time to finish. */
export interface Suspect extends Offence {
  readonly invariant: string
  /** The subject to inspect again, if it is not the id. */
  readonly subject?: string
  /** The suspect waits for an operator; see {@link Finding.parked}. */
  readonly parked?: boolean
}

/** Returns the offences of an invariant as suspects. */
export function suspectsOf<O extends Offence>(invariant: string, offences: readonly O[]): (O & Suspect)[] {
  return offences.map((offence) => ({ ...offence, invariant }))
}

/** Sorts before every id. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000'
