import type { Handler } from '@doran/kernel'
import type { sample } from '../contract.ts'
import { sampleNotFound } from '../errors.ts'
import { findSample } from '../samples.ts'

export const getSample: Handler<typeof sample, 'getSample'> = async ({ sampleId }, ctx) => {
  const found = await findSample(ctx.db, sampleId)
  if (!found) throw sampleNotFound()
  return found
}
