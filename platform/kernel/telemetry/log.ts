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
 * JSON lines on standard output; `base` is on each of them, such as which of several processes wrote it. Members
 * that hold secrets or personal data are blanked, two levels deep.
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
