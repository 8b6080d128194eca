import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError } from '@doran/kernel/platform'
import { readSettings } from '../config.ts'
import { serviceNames } from '../loaders.ts'
import { services } from '../services.ts'

export interface Finding {
  readonly level: 'ok' | 'warning' | 'wrong'
  /** What it is about, its state and, unless that is good, what to do. */
  readonly text: string
}

export interface Setup {
  readonly given: NodeJS.ProcessEnv
  /** The given environment without the mistaken settings, so that each mistake is reported once. */
  readonly environment: NodeJS.ProcessEnv
  readonly settings: ReturnType<typeof readSettings>
  readonly mistakes: readonly string[]
  /** Names of the services that `doran start` would run here. */
  readonly names: readonly string[]
  /** Whether these are all services, so that no other process needs to reach anything. */
  readonly whole: boolean
}

export const ok = (text: string): Finding => ({ level: 'ok', text })
export const warning = (text: string): Finding => ({ level: 'warning', text })
export const wrong = (text: string): Finding => ({ level: 'wrong', text })

export function readSetup(given: NodeJS.ProcessEnv): Setup {
  const chosen = servicesIn(given)
  const names =
    chosen.length === 0 || chosen.includes('all') ? serviceNames : serviceNames.filter((name) => chosen.includes(name))
  const setup = { given, names, whole: names.length === serviceNames.length }
  try {
    return { ...setup, environment: given, settings: readSettings(given, services), mistakes: [] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const mistakes = error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
    const environment = { ...given }
    for (const mistake of mistakes) delete environment[mistake.split(' ')[0] as string]
    return { ...setup, environment, settings: readSettings(environment, services), mistakes }
  }
}

export function servicesIn({ DORAN_SERVICES = '' }: NodeJS.ProcessEnv): string[] {
  return DORAN_SERVICES.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** Returns the path, or its closest ancestor that exists. */
export async function nearest(path: string): Promise<string> {
  try {
    await stat(path)
    return path
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || path === dirname(path)) throw error
    return nearest(dirname(path))
  }
}

/** Returns the error in one line. Node.js reports several failed attempts in one error without a message. */
export function reason(error: unknown): string {
  const { message, code, cause, errors } = error as Partial<NodeJS.ErrnoException & AggregateError>
  if (cause) return reason(cause)
  const text = message || errors?.map(({ message }) => message).join(', ') || code || String(error)
  return text.split('\n')[0] as string
}
