import { type Static, Type } from '@doran/kernel/contract'

export const orderConfig = Type.Object({
  SHOP_ORIGINS: Type.String({
    pattern: '^(https?://[^\\s,/]+(,\\s*https?://[^\\s,/]+)*)?$',
    default: '',
    errorMessage: 'must be origins like https://shop.example, separated by commas',
    description:
      'Origins of the shop, separated by commas, to which the payment page may lead back; empty for any port of this machine only',
  }),
})

export type OrderConfig = Static<typeof orderConfig>
