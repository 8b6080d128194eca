/** The personal data of a user, which every service that holds some exports and erases itself. */
import { type Context, subscribersOf } from '@doran/kernel'
import { type Client, type Contract, contract } from '@doran/kernel/contract'
import { personalData, user, userWithdrawn } from './contract.ts'
import { userHasOpenBusiness } from './errors.ts'

type PersonalData = Contract<string, typeof personalData>

/** By the name of each other service, what it keeps of the user. */
export async function collectPersonalData(ctx: Context, userId: string): Promise<Record<string, unknown>> {
  const parts = (await holders(ctx)).map(
    async ([name, client]) => [name, await client.exportPersonalData({ userId })] as const,
  )
  return Object.fromEntries(await Promise.all(parts))
}

/** Throws `user_has_open_business`, which lists what a service must bring to its end before the user withdraws. */
export async function assertNoOpenBusiness(ctx: Context, userId: string): Promise<void> {
  const open = await Promise.all((await holders(ctx)).map(([, client]) => client.listOpenBusiness({ userId })))
  const items = open.flat()
  if (items.length > 0) throw userHasOpenBusiness({ count: items.length, open: items.slice(0, MOST_TOLD) })
}

const MOST_TOLD = 20

/** Whoever listens to a withdrawal holds personal data, so a service joins from its own folder. */
async function holders(ctx: Context): Promise<[string, Client<PersonalData>][]> {
  const names = await subscribersOf(ctx.db, userWithdrawn)
  return names.filter((name) => name !== user.name).map((name) => [name, ctx.client(contractOf(name))])
}

const contracts = new Map<string, PersonalData>()

/** The same for the same service, as clients are made once for each contract. */
function contractOf(name: string): PersonalData {
  const known = contracts.get(name) ?? contract(name, personalData)
  contracts.set(name, known)
  return known
}
