import { type FleetConfig, fleetConfig } from '@doran/fleet'
import { type Static, Type } from '@doran/kernel/contract'
import { type KernelConfig, kernelConfig, readConfig, type Service } from '@doran/kernel/platform'

/** Settings that only the `doran` command reads. */
export const serverConfig = Type.Object({
  SANDBOX_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 3001,
    description: 'Port of the payment sandbox that `doran start` runs when PAYMENT_SANDBOX_URL is not set',
  }),
  SANDBOX_HOST: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description: 'Address that the payment sandbox listens on, which only its merchant and its buyers need to reach',
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
      description: 'Account that is made an administrator and operator at the start; needs ADMIN_PASSWORD',
    }),
  ),
  ADMIN_PASSWORD: Type.Optional(
    Type.String({
      minLength: 12,
      maxLength: 200,
      description:
        'Password of that account when it is made; at least 12 characters. An account that is there must have it to become an administrator',
    }),
  ),
})

export type ServerConfig = Static<typeof serverConfig>

/** Reads the settings of a process, and validates them together with those of the services that it runs. */
export function readSettings(
  environment: NodeJS.ProcessEnv,
  services: readonly Service[],
): { kernel: KernelConfig; server: ServerConfig; fleet: FleetConfig } {
  const schemas = [kernelConfig, serverConfig, fleetConfig, ...services.flatMap(({ config }) => config ?? [])]
  const [kernel, server, fleet] = readConfig(schemas, environment) as [KernelConfig, ServerConfig, FleetConfig]
  return { kernel, server, fleet }
}
