import { stored } from '../api/stored.ts'

/** The token as other front ends of RealWorld keep it. */
export const jwtToken = stored<string>('jwtToken')
