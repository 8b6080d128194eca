/** Stock for tests, and a checker of its invariants. */
import { DomainError, newId, sql } from '@doran/kernel'
import { runJob, startPlatform, type TestPlatform, type TestUser } from '@doran/kernel/testing'
import { inventory } from '../contract.ts'
import service from '../index.ts'

/** Some tests send hundreds of concurrent requests; the long timeout lets all of them be answered on a busy machine. */
export const startInventory = () => startPlatform({ services: [service], environment: { REQUEST_TIMEOUT_MS: '60000' } })

/** A seller with new SKUs in ascending order, one per quantity. */
export async function shelf(
  platform: TestPlatform,
  ...quantities: number[]
): Promise<{ seller: TestUser; skus: string[] }> {
  const seller = await platform.user(['seller'])
  const shelf = newId().toUpperCase()
  const items = quantities.map((onHand, index) => ({ sku: `${shelf}-${index}`, sellerId: seller.id, onHand }))
  await platform.client(inventory).loadStock({ items })
  return { seller, skus: items.map(({ sku }) => sku) }
}

/** The quantities of a SKU on hand and reserved. */
export async function stockOf(platform: TestPlatform, sku: string): Promise<[onHand: number, reserved: number]> {
  const { onHand, reserved } = await platform.client(inventory, admin).getStock({ sku })
  return [onHand, reserved]
}

export const admin = { id: newId(), roles: ['admin'], session: newId() }

/** Makes the reservations of these orders overdue and runs the job that expires them. */
export async function expire(platform: TestPlatform, ...orderIds: string[]): Promise<void> {
  const database = platform.database('inventory')
  await database.run(sql`
    update inventory.reservations set expires_at = now() - interval '1 second' where order_id = any(${orderIds}::uuid[])`)
  await runJob(platform, 'inventory/job:release-expired')
}

/** The error code of a refused call. Throws when the call succeeds. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const answer = await outcome(call)
  if (answer === 'done') throw new Error('it was not refused')
  return answer
}

/** `done`, or the error code of a refused call. Any other error is thrown. */
export function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error) => {
      if (error instanceof DomainError && error.status < 500) return error.code
      throw error
    },
  )
}

/** SKUs whose stock disagrees with the ledger or the reservations; empty when all is well. */
export async function brokenStock(platform: TestPlatform): Promise<string[]> {
  const rows = await platform.database('inventory').all<{ sku: string }>(sql`
    select s.sku
    from inventory.stock s
    left join (
      select sku, sum(on_hand) as on_hand, sum(reserved) as reserved, count(*) as movements, max(version) as version
      from inventory.movements group by sku
    ) m using (sku)
    left join (
      select l.sku, sum(l.quantity) as held
      from inventory.reservation_lines l join inventory.reservations r using (order_id)
      where r.state = 'held' group by l.sku
    ) h using (sku)
    where s.reserved not between 0 and s.on_hand
       or (s.on_hand, s.reserved) <> (coalesce(m.on_hand, 0), coalesce(m.reserved, 0))
       or (s.version, s.version) <> (coalesce(m.movements, 0), coalesce(m.version, 0))
       or s.reserved <> coalesce(h.held, 0)`)
  return rows.map(({ sku }) => sku)
}
