import { asKeyset, type Handler } from '@doran/kernel'
import { Id } from '@doran/kernel/contract'
import type { sample } from '../contract.ts'
import { findSamples } from '../samples.ts'

export const listSamples: Handler<typeof sample, 'listSamples'> = async ({ cursor, limit }, ctx) => {
  const [before] = (asKeyset.read(cursor, [Id]) ?? []) as string[]
  const rows = await findSamples(ctx.db, before, limit + 1)
  return asKeyset.pageById(rows, limit)
}
