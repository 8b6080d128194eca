import { stored } from '../api/stored.ts'

/** The token, stored as other RealWorld front ends store it. */
export const jwtToken = stored<string>('jwtToken')
