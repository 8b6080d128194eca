/**
 * Generates the tables of the documentation from the code: settings in README.md, errors in docs/errors.md. `npm run
 * docs` writes them, and a test fails while they differ.
 */
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { fleetConfig } from '@doran/fleet'
import { databaseVariable, kernelConfig } from '@doran/kernel/platform'
import { serverConfig } from './config.ts'
import { presentEvents } from './event-compatibility.ts'
import { secretSettings } from './secrets.ts'
import { errors, services } from './services.ts'

const root = new URL('../../', import.meta.url)
const eventNames = Object.keys(await presentEvents())

interface Setting {
  description?: string
  default?: unknown
}

/** Returns a row for each environment variable that a process understands. */
export function settingsTable(): string {
  const schemas = [kernelConfig, serverConfig, fleetConfig, ...services.flatMap(({ config }) => config ?? [])]
  const rows = schemas.flatMap((schema) =>
    Object.entries(schema.properties).map(([name, property]) => {
      const { description = '', default: value } = property as Setting
      const shown = value === undefined ? '–' : value === '' ? 'empty' : `\`${value}\``
      const names = secretSettings.includes(name) ? `\`${name}\` or \`${name}_FILE\`` : `\`${name}\``
      return `| ${names} | ${shown} | ${description} |`
    }),
  )
  const own = services.map(({ contract }) => `\`${databaseVariable(contract.name)}\``).join(', ')
  return [
    '| variable | default | meaning |',
    '|---|---|---|',
    ...rows,
    `| ${own} | \`DATABASE_URL\` | A database of its own for one service; each also as a file, with \`_FILE\` |`,
  ].join('\n')
}

/** Returns a row for each error code that a response may carry. */
export function errorsTable(): string {
  const rows = [...errors]
    .sort((a, b) => a.code.localeCompare(b.code))
    .map(({ code, status, message }) => `| \`${code}\` | ${status} | ${message} |`)
  return ['| code | status | message |', '|---|---|---|', ...rows].join('\n')
}

/** What each service owns, and what it tells others and hears from them. */
export function servicesTable(): string {
  const rows = services.map(({ contract: { name }, subscriptions }) => {
    const about = readFileSync(new URL(`services/${name}/README.md`, root), 'utf8')
    const [first = ''] = /(?<=^# .+\n\n)[\s\S]+?[.;](?=\s)/m.exec(about) ?? []
    const published = eventNames.filter((event) => event.startsWith(`${name}.`))
    const heard = subscriptions.map(({ event }) => event.name).sort()
    const list = (names: readonly string[]) => names.map((event) => `\`${event}\``).join(', ') || '–'
    return `| [${name}](../services/${name}/README.md) | ${first.replaceAll('\n', ' ')} | ${list(published)} | ${list(heard)} |`
  })
  return ['| service | about | publishes | listens to |', '|---|---|---|---|', ...rows].join('\n')
}

export interface Document {
  file: URL
  table: () => string
}

export const documents: readonly Document[] = [
  { file: new URL('README.md', root), table: settingsTable },
  { file: new URL('docs/errors.md', root), table: errorsTable },
  { file: new URL('docs/services.md', root), table: servicesTable },
]

/** Returns the document before and after its table is generated. The table stands between two marks. */
export async function renewed({ file, table }: Document): Promise<{ before: string; after: string }> {
  const before = await readFile(file, 'utf8')
  const after = before.replace(
    /<!-- table -->[\s\S]*<!-- \/table -->/,
    () => `<!-- table -->\n${table()}\n<!-- /table -->`,
  )
  return { before, after }
}

if (import.meta.main) {
  for (const document of documents) await writeFile(document.file, (await renewed(document)).after)
}
