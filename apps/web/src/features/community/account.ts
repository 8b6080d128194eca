/** The community's reader: from the marketplace's session, or from the edition's own token. */
import { api as marketplaceApi } from '../../api/client.ts'
import { session } from '../../api/session.ts'
import { tokenAccount } from '../../community-edition/account.ts'
import { communityApi } from '../../community-edition/client.ts'
import type { Account } from './account-source.ts'

const sessionAccount: Account = {
  id: () => session.get()?.userId,
  subscribe: (onChange) => session.subscribe(onChange),
  confirm: () => undefined,
  doubt: () => undefined,
}

// Written out, so that the bundler drops the code that the edition does not use.
export const account: Account = __EDITION__ === 'community' ? tokenAccount : sessionAccount
export const api: Pick<typeof marketplaceApi, 'article' | 'auth' | 'comment' | 'profile'> =
  __EDITION__ === 'community' ? communityApi : marketplaceApi
