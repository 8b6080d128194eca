/** The API's description as HTML pages, without scripts or external resources. */
import type { ErrorFactory } from '@doran/kernel/platform'
import type { OpenApi, OpenApiOperation } from './openapi.ts'

type Schema = Record<string, unknown>

/** All operations by service: their purpose, who may call them, their input and output. */
export function docsPage(api: OpenApi): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const sections = api.tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name))
    return `<section id="${name}"><h2>${name}</h2>${own.map(({ path, method, operation }) => article(path, method, operation)).join('')}</section>`
  })
  const menu = api.tags.map(({ name }) => `<a href="#${name}">${name}</a>`).join(' ')
  return layout(
    'Doran API',
    `<p>${escapeHtml(api.info.description)} The same as <a href="/openapi.json">OpenAPI 3.1</a>; all errors are on
     <a href="/docs/errors">a page of their own</a>.</p><nav>${menu}</nav>${sections.join('')}`,
  )
}

/** Every error code with its status and message. */
export function errorsPage(errors: readonly ErrorFactory[]): string {
  const rows = [...errors]
    .sort((a, b) => a.code.localeCompare(b.code))
    .map(
      ({ code, status, message }) =>
        `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${escapeHtml(message)}</td></tr>`,
    )
  return layout(
    'Doran errors',
    `<p><a href="/docs">All operations</a></p><table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead>
     <tbody>${rows.join('')}</tbody></table>`,
  )
}

function article(path: string, method: string, operation: OpenApiOperation): string {
  const roles = operation['x-roles']
  const access = !roles ? 'anyone' : roles.length === 0 ? 'signed-in users' : roles.join(' or ')
  const success = Object.keys(operation.responses).find((status) => status.startsWith('2'))
  const body = contentOf(operation.requestBody)
  const reply = contentOf(operation.responses[success ?? ''] as { content?: object } | undefined)
  return `<article id="${operation.operationId}">
    <h3><span class="method ${method}">${method.toUpperCase()}</span> <code>${escapeHtml(path)}</code></h3>
    <p>${escapeHtml(operation.summary)}</p>
    <p class="access">For ${access} · answers ${success}</p>
    ${operation.parameters.length > 0 ? details('Parameters', parameters(operation)) : ''}
    ${body ? details('Body', shape(body)) : ''}
    ${reply ? details('Answer', shape(reply)) : ''}
  </article>`
}

function parameters({ parameters }: OpenApiOperation): string {
  const rows = parameters.map(
    ({ name, in: place, required, schema, description }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${place}${required ? '' : ', optional'}</td>
       <td>${escapeHtml(typeOf(schema as Schema))}${description ? `<br>${escapeHtml(description)}` : ''}</td></tr>`,
  )
  return `<table>${rows.join('')}</table>`
}

function contentOf(part: { content?: object } | undefined): Schema | undefined {
  const [first] = Object.values(part?.content ?? {}) as { schema: Schema }[]
  return first?.schema
}

function details(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>${content}</details>`
}

function shape(schema: Schema): string {
  return `<pre>${escapeHtml(typeOf(schema))}</pre>`
}

/** A schema in TypeScript notation, which is shorter than JSON Schema. */
function typeOf(schema: Schema, indent = ''): string {
  if (schema.enum) return (schema.enum as unknown[]).map((value) => JSON.stringify(value)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf) return (schema.anyOf as Schema[]).map((branch) => typeOf(branch, indent)).join(' | ')
  if (schema.type === 'array') return `${typeOf(schema.items as Schema, indent)}[]`
  if (schema.type === 'object' && schema.properties) {
    const required = (schema.required ?? []) as string[]
    const members = Object.entries(schema.properties as Record<string, Schema>).map(
      ([name, member]) => `${indent}  ${name}${required.includes(name) ? '' : '?'}: ${typeOf(member, `${indent}  `)}`,
    )
    return `{\n${members.join('\n')}\n${indent}}`
  }
  const bounds = ['format', 'minLength', 'maxLength', 'minimum', 'maximum', 'default', 'contentMediaType']
    .filter((name) => schema[name] !== undefined)
    .map((name) => (name === 'format' ? String(schema.format) : `${name} ${schema[name]}`))
  return `${schema.type ?? 'any'}${bounds.length > 0 ? ` (${bounds.join(', ')})` : ''}`
}

function layout(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
:root { color-scheme: light dark; --ink: light-dark(#26221e, #ece7e1); --soft: light-dark(#6d645b, #a79e94);
  --paper: light-dark(#fdfbf8, #1a1816); --card: light-dark(#fff, #24211e); --line: light-dark(#e8e0d7, #3a3530); --accent: light-dark(#b4471f, #f0916b) }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem 6rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, sans-serif }
h1 { font-size: 2rem } h2 { margin-top: 3rem; text-transform: capitalize } h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere }
a { color: var(--accent) } nav { display: flex; flex-wrap: wrap; gap: .5rem 1rem }
article { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; margin: .75rem 0 }
article p { margin: .25rem 0 } .access { color: var(--soft); font-size: .875rem }
.method { display: inline-block; min-width: 3.5rem; color: var(--accent); font-weight: 700 }
summary { cursor: pointer; color: var(--soft) } pre { overflow-x: auto; margin: .5rem 0; font-size: .8125rem }
table { border-collapse: collapse; width: 100%; font-size: .875rem } td, th { text-align: left; vertical-align: top; padding: .375rem .5rem; border-bottom: 1px solid var(--line) }
:target { outline: 2px solid var(--accent) }
</style>
</head>
<body><h1>${title}</h1>${content}</body>
</html>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
