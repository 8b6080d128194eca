import { asKeyset, type Handler } from '@doran/kernel'
import { Type } from '@doran/kernel/contract'
import type { inventory } from '../contract.ts'
import { listMovementsOf } from '../movements.ts'
import { getOwnStock } from '../stock.ts'

const Version = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

export const listMovements: Handler<typeof inventory, 'listMovements'> = async ({ sku, cursor, limit }, ctx) => {
  const [before] = (asKeyset.read(cursor, [Version]) ?? []) as number[]
  await getOwnStock(ctx.db, sku, ctx.actor)
  const rows = await listMovementsOf(ctx.db, { sku, before, limit: limit + 1 })
  return asKeyset.page(
    rows,
    limit,
    ({ version }) => [version],
    ({ version: _version, ...movement }) => movement,
  )
}
