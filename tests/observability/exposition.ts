/** Parses the response of `/metrics`: Prometheus' text format. */

export interface Family {
  readonly name: string
  readonly help: string
  readonly type: string
  /** Labels of each sample, without Prometheus' own labels such as `le`. */
  readonly samples: readonly Readonly<Record<string, string>>[]
}

const OF_TYPES = new Set(['le', 'quantile'])

export function readMetrics(text: string): Map<string, Family> {
  const families = new Map<string, Family & { samples: Record<string, string>[] }>()
  let last = ''
  for (const line of text.split('\n')) {
    const [, what, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (what === 'HELP') families.set(name, { name, help: rest, type: '', samples: [] })
    if (what === 'TYPE') Object.assign(families.get(name) ?? {}, { type: rest })
    if (what) last = name
    else if (line) families.get(last)?.samples.push(labelsOf(line))
  }
  return families
}

function labelsOf(line: string): Record<string, string> {
  const labels = [...line.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value] as const)
  return Object.fromEntries(labels.filter(([name]) => !OF_TYPES.has(name as string)))
}
