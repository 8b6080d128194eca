import type { Handler } from '@doran/kernel'
import type { auth } from '../contract.ts'
import { listRevocations } from '../revocations.ts'

export const getRevocations: Handler<typeof auth, 'getRevocations'> = async ({ since }, ctx) => {
  return listRevocations(ctx.db, since)
}
