import { parseArgs } from 'node:util'
import { seedCommunity } from '../seed/community-seed.ts'
import { seed } from '../seed/seed.ts'
import { withPlatform } from './with-platform.ts'

/** `doran seed [--community]`: loads the built-in catalogue once and, if asked, the sample community. */
export function seedCommand(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { community: { type: 'boolean', default: false } } })
  return withPlatform(async (platform) => {
    await seed(platform, platform.log)
    if (values.community) await seedCommunity(platform, platform.log)
  })
}
