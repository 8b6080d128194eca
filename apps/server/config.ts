import { type FleetConfig, fleetConfig } from '@doran/fleet'
import { type GatewayConfig, gatewayConfig } from '@doran/gateway'
import { type Static, Type } from '@doran/kernel'
import { type KernelConfig, kernelConfig, readConfig } from '@doran/kernel/platform'
import { services } from './services.ts'

/** What only the `doran` command reads. */
export const serverConfig = Type.Object({
  SANDBOX_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 3001,
    description: 'Port of the payment sandbox that `doran start` runs when PAYMENT_SANDBOX_URL is not set',
  }),
  SANDBOX_PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/]+$',
      errorMessage: 'must be a URL without a path, like http://127.0.0.1:3001',
      description:
        'Where buyers reach the pages of the payment sandbox, when that is not where the payment service does',
    }),
  ),
  DORAN_SERVICES: Type.Optional(
    Type.String({
      description:
        'Services that `doran start` runs in this process, separated by commas, when `--services` is not given',
    }),
  ),
  ADMIN_EMAIL: Type.Optional(
    Type.String({
      format: 'email',
      description: 'Account that is made an administrator at the start; needs ADMIN_PASSWORD',
    }),
  ),
  ADMIN_PASSWORD: Type.Optional(
    Type.String({
      minLength: 12,
      maxLength: 200,
      description: 'Password of that account when it is made; at least 12 characters',
    }),
  ),
})

export type ServerConfig = Static<typeof serverConfig>

/** All settings, checked together. */
export function readSettings(environment: NodeJS.ProcessEnv): {
  kernel: KernelConfig
  gateway: GatewayConfig
  server: ServerConfig
  fleet: FleetConfig
} {
  const others = services.flatMap(({ config }) => (config && config !== gatewayConfig ? config : []))
  const [kernel, gateway, server, fleet] = readConfig(
    [kernelConfig, gatewayConfig, serverConfig, fleetConfig, ...others],
    environment,
  ) as unknown as [KernelConfig, GatewayConfig, ServerConfig, FleetConfig]
  return { kernel, gateway, server, fleet }
}
