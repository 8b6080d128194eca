import { type DestinationStream, type Logger, pino } from 'pino'

const SECRETS = [
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'authorization',
  'cookie',
  'cardNumber',
  'email',
]

/**
 * Logs JSON lines to standard output. Each line contains the members of `base`, such as the name of the process.
 * Members with secrets or personal data are redacted, up to two levels below the top.
 */
export function createLog(
  level: string,
  { destination, base }: { destination?: DestinationStream; base?: Record<string, string> } = {},
): Logger {
  return pino(
    {
      level,
      base: base ?? null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    destination ?? pino.destination(1),
  )
}
