import { migrate, migrationsOf } from '@doran/kernel/platform'
import { services } from '../services.ts'
import { withDatabases } from './with-platform.ts'

/** `doran migrate`: runs the migrations that `doran start` runs first, and nothing else. */
export function migrateCommand(): Promise<void> {
  return withDatabases(async (databases) => {
    for (const [url, names] of databases) {
      const here = services.filter(({ contract }) => names.includes(contract.name))
      const applied = await migrate(url, migrationsOf(here))
      console.log(`${names.join(', ')}: ${applied.length > 0 ? `applied ${applied.join(', ')}` : 'up to date'}`)
    }
  })
}
