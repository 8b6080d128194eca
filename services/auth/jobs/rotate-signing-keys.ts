import { job } from '@doran/kernel'
import { rotateKeys } from '../keys.ts'

/** Looks every hour; repeating it is harmless, as a key is made only when the newest is old enough. */
export const rotateSigningKeys = job('rotate-signing-keys', { cron: '17 * * * *', run: rotateKeys })
