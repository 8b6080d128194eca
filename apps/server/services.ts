import article from '@doran/article'
import auth from '@doran/auth'
import { auth as authContract } from '@doran/auth/contract'
import comment from '@doran/comment'
import gateway from '@doran/gateway'
import inventory from '@doran/inventory'
import { type ErrorFactory, kernelErrors, type PlatformOptions, type Service } from '@doran/kernel/platform'
import order from '@doran/order'
import payment from '@doran/payment'
import product from '@doran/product'
import profile from '@doran/profile'
import user from '@doran/user'

/** Everything that Doran is made of. */
export const services: readonly Service[] = [
  auth,
  user,
  product,
  inventory,
  order,
  payment,
  profile,
  article,
  comment,
  gateway,
]

/** Tokens are signed by the auth service, which also says what has been revoked. */
export const identity: PlatformOptions['identity'] = (client) => ({
  keys: () => client(authContract).getKeys(),
  revocations: () => client(authContract).getRevocations(),
})

/** Every error that a caller may be answered with. */
export const errors: readonly ErrorFactory[] = [
  ...Object.values(kernelErrors),
  ...services.flatMap(({ errors }) => Object.values(errors)),
]
