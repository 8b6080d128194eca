import { service } from '@doran/kernel'
import { inventoryConfig } from './config.ts'
import { inventory } from './contract.ts'
import * as errors from './errors.ts'
import { onVariantsListed } from './events/on-variants-listed.ts'
import { releaseExpired } from './jobs/release-expired.ts'
import { adjustStock } from './operations/adjust-stock.ts'
import { commit } from './operations/commit.ts'
import { getAvailabilities } from './operations/get-availabilities.ts'
import { getAvailability } from './operations/get-availability.ts'
import { getStock } from './operations/get-stock.ts'
import { listAvailability } from './operations/list-availability.ts'
import { listMovements } from './operations/list-movements.ts'
import { listStock } from './operations/list-stock.ts'
import { loadStock } from './operations/load-stock.ts'
import { release } from './operations/release.ts'
import { reserve } from './operations/reserve.ts'
import { restock } from './operations/restock.ts'
import { setStock } from './operations/set-stock.ts'

export default service(inventory, {
  operations: {
    getAvailability,
    getAvailabilities,
    getStock,
    setStock,
    adjustStock,
    listMovements,
    listAvailability,
    listStock,
    loadStock,
    reserve,
    commit,
    release,
    restock,
  },
  subscriptions: [onVariantsListed],
  jobs: [releaseExpired],
  migrations: new URL('./migrations/', import.meta.url),
  errors,
  config: inventoryConfig,
})
