import { type Static, Type } from '@doran/kernel'

export const gatewayConfig = Type.Object({
  CORS_ORIGINS: Type.String({
    default: '',
    description:
      'Origins, separated by commas, whose pages may call the API from a browser; empty for none but its own',
  }),
  RATE_LIMIT_PER_IP: Type.Integer({
    minimum: 1,
    maximum: 100_000_000,
    default: 1_200,
    description: 'Requests a minute from one address',
  }),
  RATE_LIMIT_PER_ACCOUNT: Type.Integer({
    minimum: 1,
    maximum: 100_000_000,
    default: 600,
    description: 'Requests a minute by one signed-in user, from wherever they come',
  }),
})

export type GatewayConfig = Static<typeof gatewayConfig>
