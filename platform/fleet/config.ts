import { type Static, Type } from '@doran/kernel/contract'

/** Settings of a process in a fleet. */
export const fleetConfig = Type.Object({
  DORAN_SERVICE_SECRET: Type.Optional(
    Type.String({
      pattern: '^[^,\\n]{32,}([,\\n]\\s*[^,\\n]{32,})*\\s*$',
      errorMessage: 'must be a secret text of at least 32 characters, or several of them separated by commas',
      description:
        'Signs the calls between services: the same, secret text of at least 32 characters in every process of the fleet; several, separated by commas, while it is replaced: the first signs, all verify',
    }),
  ),
  DORAN_SERVICE_URL: Type.Optional(
    Type.String({
      pattern: '^https?://.*\\{service\\}',
      errorMessage: 'must be a URL with {service} in it, like http://{service}:8080',
      description: 'Where services are, by name; without it processes find each other through DATABASE_URL',
    }),
  ),
  DORAN_ADVERTISE_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/]+$',
      errorMessage: 'must be a URL without a path, like http://10.0.0.7:8080',
      description: 'Where other processes reach this one; HOST and PORT unless they differ from outside',
    }),
  ),
  DORAN_INSTANCE: Type.Optional(
    Type.String({
      pattern: '^[\\w.-]{1,100}$',
      errorMessage: 'must be 1 to 100 letters, digits, dots, dashes or underscores',
      description: 'Name of this process in logs, traces and `doran services`; made up when it is not set',
    }),
  ),
  DORAN_TLS_CA: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'File with the authority that signs the certificates of all services; turns mutual TLS on',
    }),
  ),
  DORAN_TLS_CERT: Type.Optional(
    Type.String({ minLength: 1, description: 'File with the certificate of this process; needs DORAN_TLS_CA' }),
  ),
  DORAN_TLS_KEY: Type.Optional(
    Type.String({ minLength: 1, description: 'File with the private key of that certificate' }),
  ),
  DRAIN_MS: Type.Integer({
    minimum: 0,
    maximum: 60_000,
    default: 500,
    description:
      'After SIGTERM a process of a fleet goes on answering for this long, until callers and load balancers have heard that it goes',
  }),
  REDIS_URL: Type.Optional(
    Type.String({
      pattern: '^rediss?://',
      errorMessage: 'must be a URL like redis://host:6379',
      description:
        'Redis or Valkey for hints between processes (channel `doran`) and for rate limits that several gateways share',
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    Type.String({
      pattern: '^https?://',
      errorMessage: 'must be a URL like http://collector:4318',
      description: 'OpenTelemetry collector that traces are sent to, by OTLP over HTTP',
    }),
  ),
})

export type FleetConfig = Static<typeof fleetConfig>
