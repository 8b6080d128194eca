import { type Static, Type } from '@doran/kernel/contract'

export const gatewayConfig = Type.Object({
  CORS_ORIGINS: Type.String({
    default: '',
    description:
      'Origins, separated by commas, whose pages may call the API from a browser; empty for none but its own',
  }),
  SECURITY_CONTACT: Type.Optional(
    Type.String({
      pattern: '^(mailto:[^\\s@]+@[^\\s@]+|https://\\S+)$',
      errorMessage: 'must be an address like mailto:security@example.com or https://example.com/security',
      description: 'Where weaknesses of this installation are reported, told at `/.well-known/security.txt`',
    }),
  ),
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
  RATE_LIMIT_FILES_PER_IP: Type.Integer({
    minimum: 1,
    maximum: 100_000_000,
    default: 6_000,
    description: 'Files of the web application, and pictures, a minute to one address; a screen takes some dozens',
  }),
  RATE_LIMITS_PER_NETWORK: Type.String({
    pattern: '^([a-z][a-z-]*\\.[A-Za-z]+=[1-9]\\d{0,8}(,(?!$)|$))+$',
    default: 'auth.register=120,auth.registerMember=120,order.createCart=300',
    errorMessage: 'must list operations with requests a minute, like auth.register=120,order.createCart=300',
    description:
      'Requests a minute for an operation from one network (256 addresses of IPv4, a /48 of IPv6): for what anybody may make and Doran keeps',
  }),
  GATEWAY_ROUTE_TARGETS: Type.String({
    pattern: '^(https?://[^/?#@,\\s]+(,(?!$)|$))*$',
    default: '',
    errorMessage: 'must list URLs without paths, separated by commas, like https://old-shop.example.com',
    description:
      'Systems, as URLs separated by commas, to which operators may send shares of requests, with the tokens of those who make them; empty for none',
  }),
  GATEWAY_HEDGES: Type.String({
    pattern: '^([a-z][a-z-]*\\.[A-Za-z]+=[1-9]\\d{0,4}(,(?!$)|$))*$',
    default: '',
    errorMessage: 'must list operations with milliseconds, like product.getProduct=30,product.listProducts=50',
    description:
      'Reads that are asked of a second instance when the first has not answered after so many milliseconds, like `product.getProduct=30`; empty for none',
  }),
})

export type GatewayConfig = Static<typeof gatewayConfig>

/** Parses numbers by operation, such as `product.getProduct=30,product.listProducts=50`. */
export function readByOperation(setting: string): ReadonlyMap<string, number> {
  const entries = setting.split(',').filter(Boolean)
  return new Map(
    entries.map((entry) => entry.split('=') as [string, string]).map(([name, number]) => [name, Number(number)]),
  )
}

/** The allowed targets of routes, as the normalised origins of `new URL()`. */
export function readRouteTargets({ GATEWAY_ROUTE_TARGETS }: GatewayConfig): ReadonlySet<string> {
  return new Set(
    GATEWAY_ROUTE_TARGETS.split(',')
      .filter(Boolean)
      .map((url) => new URL(url).origin),
  )
}
