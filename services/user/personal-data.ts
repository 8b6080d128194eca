/** The personal data of a user. Each service that stores some exports and erases it itself. */
import { type Context, subscribersOf } from '@doran/kernel'
import { type Client, type Contract, contract } from '@doran/kernel/contract'
import { personalData, user, userWithdrawn } from './contract.ts'
import { userHasOpenBusiness } from './errors.ts'

type PersonalData = Contract<string, typeof personalData>

/** What every other service stores about the user, keyed by the name of the service. */
export async function collectPersonalData(ctx: Context, userId: string): Promise<Record<string, unknown>> {
  const parts = (await servicesWithPersonalData(ctx)).map(
    async ([name, client]) => [name, await client.exportPersonalData({ userId })] as const,
  )
  return Object.fromEntries(await Promise.all(parts))
}

/** Throws `user_has_open_business` with the items that must be completed before the user can withdraw. */
export async function assertNoOpenBusiness(ctx: Context, userId: string): Promise<void> {
  const open = await Promise.all(
    (await servicesWithPersonalData(ctx)).map(([, client]) => client.listOpenBusiness({ userId })),
  )
  const items = open.flat()
  if (items.length > 0) throw userHasOpenBusiness({ count: items.length, open: items.slice(0, MAX_LISTED_ITEMS) })
}

const MAX_LISTED_ITEMS = 20

/**
 * The other services that store personal data: those that subscribe to the withdrawal event. A new service is therefore
 * included without a change here.
 */
async function servicesWithPersonalData(ctx: Context): Promise<[string, Client<PersonalData>][]> {
  const names = await subscribersOf(ctx.db, userWithdrawn)
  return names.filter((name) => name !== user.name).map((name) => [name, ctx.client(contractOf(name))])
}

const contracts = new Map<string, PersonalData>()

/** Returns the same contract for the same service, because the kernel caches clients by contract. */
function contractOf(name: string): PersonalData {
  const known = contracts.get(name) ?? contract(name, personalData)
  contracts.set(name, known)
  return known
}
