/**
 * A later version of the inventory service, in a process like that of `doran start --services inventory`. A stock
 * adjustment may name the shelf, and its reply has the number of adjustments. The argument is the folder of its
 * migrations.
 */
import { pathToFileURL } from 'node:url'
import inventoryService from '@doran/inventory'
import { inventory, Stock } from '@doran/inventory/contract'
import { sql } from '@doran/kernel'
import { contract, post, Type } from '@doran/kernel/contract'
import type { Service } from '@doran/kernel/platform'

const older = inventory.operations.adjustStock
const nextInventory = contract('inventory', {
  ...inventory.operations,
  adjustStock: post(older.route, {
    ...older,
    body: Type.Object({ ...older.body.properties, shelf: Type.Optional(Type.String()) }),
    reply: Type.Object({ ...Stock.properties, shelf: Type.String(), counted: Type.Integer() }),
  }),
})

const { adjustStock } = inventoryService.operations
const next: Partial<Service> = {
  contract: nextInventory,
  migrations: pathToFileURL(`${process.argv[2]}/`),
  operations: {
    ...inventoryService.operations,
    async adjustStock(input, ctx) {
      const stock = await adjustStock?.(input, ctx)
      const noted = await ctx.db.one(sql`
        update inventory.stock set shelf = coalesce(${input.shelf ?? null}, shelf), counted = counted + 1
        where sku = ${input.sku} returning coalesce(shelf, '') as shelf, counted`)
      return Object.assign({}, stock, noted)
    },
  },
}

Object.assign(inventoryService, next)
process.argv.splice(2, 1, 'start', '--services', 'inventory')
await import('../../apps/server/main.ts')
