/**
 * Reads compose.yaml. Supports only the YAML that the file uses (block mappings, flow lists, anchors, merges), and
 * throws an error with the line for anything else. As a program it prints the services as JSON, with the environment's
 * values filled in.
 */
import { readFileSync } from 'node:fs'

export type Value = string | boolean | Value[] | { [key: string]: Value }
export type Mapping = { [key: string]: Value }

/** The keys that the rules of `compose.test.ts` and `run.sh` use. */
export interface ComposeService {
  readonly image: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly tmpfs?: readonly string[]
  readonly networks?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly read_only?: boolean
  readonly restart?: string
  readonly stop_grace_period?: string
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: Readonly<Record<string, Value>>
  readonly deploy?: { readonly replicas?: string; readonly resources?: { readonly limits?: Record<string, string> } }
}

interface Line {
  readonly number: number
  readonly indent: number
  readonly text: string
}

export function readYaml(source: string): Mapping {
  const lines = source
    .split('\n')
    .map((text, index) => ({ number: index + 1, indent: text.search(/\S|$/), text: text.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'))
  const anchors = new Map<string, Value>()
  const result = readMapping(lines, 0, anchors)
  const [left] = lines
  if (left) throw refusal(left, 'is not indented like the lines before it')
  return result
}

/** Reads one mapping, and removes its lines from the front of the list. */
function readMapping(lines: Line[], indent: number, anchors: Map<string, Value>): Mapping {
  const own: Mapping = {}
  const merged: Mapping = {}
  while (lines[0]?.indent === indent) {
    const line = lines.shift() as Line
    const [, key, anchor, rest = ''] = /^([\w.-]+|<<):(?: &(\w+))?(?: (.+))?$/.exec(line.text) ?? []
    if (!key) throw refusal(line, 'is not `key: value`')
    const nested = rest === '' && lines[0] && lines[0].indent > indent ? lines[0].indent : undefined
    const value = nested ? readMapping(lines, nested, anchors) : readFlow(line, rest, anchors)
    if (anchor) anchors.set(anchor, value)
    if (key === '<<') Object.assign(merged, value)
    else if (key in own) throw refusal(line, `says ${key} a second time`)
    else own[key] = value
  }
  return { ...merged, ...own }
}

function readFlow(line: Line, text: string, anchors: ReadonlyMap<string, Value>): Value {
  if (text === '') throw refusal(line, 'has no value')
  if (text === '{}') return {}
  if (text.startsWith('*')) {
    const value = anchors.get(text.slice(1))
    if (value === undefined) throw refusal(line, `uses ${text}, which is not defined above`)
    return value
  }
  const list = /^\[(.*)\]$/.exec(text)
  if (list) return (list[1]?.match(/'[^']*'|[^,\s][^,]*/g) ?? []).map((item) => readScalar(line, item.trim()))
  return readScalar(line, text)
}

function readScalar(line: Line, text: string): string | boolean {
  const quoted = /^'([^']*)'$/.exec(text)
  if (quoted) return quoted[1] as string
  if (/^['"&!|>{[%@`]|^-( |$)|: | #|:$|^(yes|no|on|off|null|~)$/.test(text)) {
    throw refusal(line, `has ${text}, which needs quotes`)
  }
  return text === 'true' || text === 'false' ? text === 'true' : text
}

function refusal({ number, text }: Line, problem: string): Error {
  return new Error(`compose.yaml, line ${number} ${problem}: ${text}`)
}

/** Fills in `${NAME}`, `${NAME:-default}` and `${NAME:?complaint}` as Compose does. */
export function fillIn(value: Value, environment: NodeJS.ProcessEnv): Value {
  if (typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map((item) => fillIn(item, environment))
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn(item, environment)]))
  }
  return value.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, name: string, kind?: string, text = '') => {
    const found = environment[name]
    if (found) return found
    if (kind === '?') throw new Error(`${name} is not set: ${text}`)
    return text
  })
}

export function readCompose(environment?: NodeJS.ProcessEnv): { services: Record<string, ComposeService> } & Mapping {
  const compose = readYaml(readFileSync(new URL('../../compose.yaml', import.meta.url), 'utf8'))
  return (environment ? fillIn(compose, environment) : compose) as ReturnType<typeof readCompose>
}

if (import.meta.main) console.log(JSON.stringify(readCompose(process.env).services))
