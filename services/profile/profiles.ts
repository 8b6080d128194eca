import type { Member } from '@doran/user/contract'
import type { Profile } from './contract.ts'

export function presentProfile({ username, bio, image }: Member, following: boolean): Profile {
  return { username, bio, image, following }
}
