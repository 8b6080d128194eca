import { job } from '@doran/kernel'
import { rotateKeys } from '../keys.ts'

/** Runs every hour. Repeating it is harmless: it creates a key only if the newest one is old enough. */
export const rotateSigningKeys = job('rotate-signing-keys', { cron: '17 * * * *', run: rotateKeys })
