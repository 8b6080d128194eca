import { type Static, Type } from '@doran/kernel/contract'

export const inventoryConfig = Type.Object({
  INVENTORY_RESERVATION_MINUTES: Type.Integer({
    minimum: 1,
    maximum: 10_080,
    default: 60,
    description: 'How long stock is held for an order that is not paid',
  }),
})

export type InventoryConfig = Static<typeof inventoryConfig>
