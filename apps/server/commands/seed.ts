import { seed } from '../seed/seed.ts'
import { withPlatform } from './with-platform.ts'

/** `doran seed`: the built-in catalogue, once. */
export function seedCommand(): Promise<void> {
  return withPlatform(async (platform) => {
    await seed(platform, platform.log)
  })
}
