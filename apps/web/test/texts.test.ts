import assert from 'node:assert/strict'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { parseAst } from 'vite'
import type { Catalogue, Message } from '../src/language/catalogue.ts'

const SRC = join(import.meta.dirname, '../src')

/** Attributes of elements and components that people read or hear. */
const READ = new Set(['alt', 'aria-label', 'aria-description', 'placeholder', 'title', 'label', 'hint', 'description'])

/** Names that are the same in every language. */
const NAMES = new Set(['도란', 'doran', '99+', '~', '·'])

async function filesOf(pattern: string): Promise<string[]> {
  const files: string[] = []
  for await (const file of glob(pattern, { cwd: SRC })) files.push(file)
  return files.sort()
}

async function cataloguesOf(file: string): Promise<[string, Catalogue][]> {
  const module: Record<string, Catalogue> = await import(join(SRC, file))
  return Object.entries(module).filter(([, value]) => value?.ko && value.en)
}

const catalogueFiles = (await filesOf('**/*messages.ts')).filter((file) => !file.endsWith('.test.ts'))

const otherSources = readSources()

test('there are catalogues to check', () => {
  assert.ok(catalogueFiles.length > 3, catalogueFiles.join())
})

for (const file of catalogueFiles) {
  test(`every text of ${file} stands in both languages, with the same gaps`, async () => {
    for (const [name, { ko, en }] of await cataloguesOf(file)) {
      assert.deepEqual(Object.keys(en).sort(), Object.keys(ko).sort(), name)
      for (const [key, korean] of Object.entries(ko)) {
        const english = forms(en[key] as Message)
        assert.match(
          korean.replace(/\{\w+\}/g, ''),
          /[가-힣]|^[^a-z]*$|^[A-Z]/,
          `${name}.${key} is not Korean: ${korean}`,
        )
        for (const text of english) {
          assert.ok(text.trim(), `${name}.${key} is empty`)
          assert.doesNotMatch(text, /[가-힣]/, `${name}.${key} is not English: ${text}`)
        }
        assert.deepEqual(gaps(english.at(-1) as string), gaps(korean), `${name}.${key}`)
      }
    }
  })

  test(`every text of ${file} is shown somewhere`, async () => {
    const sources = await otherSources
    for (const [name, { ko }] of await cataloguesOf(file)) {
      if (name === 'errorMessages') continue
      const unused = Object.keys(ko).filter((key) => !isUsed(key, sources))
      assert.deepEqual(unused, [], name)
    }
  })
}

test('every text on a screen is in a catalogue', async () => {
  const found: string[] = []
  for (const file of await filesOf('**/*.tsx')) {
    const code = await readFile(join(SRC, file), 'utf8')
    walk(parseAst(code, { lang: 'tsx' }), (node) => {
      const text = textOf(node)?.trim()
      if (text && /\p{L}/u.test(text) && !NAMES.has(text)) found.push(`${file}: ${text}`)
    })
  }
  assert.deepEqual(found, [])
})

test('a text outside of the catalogues would be found', () => {
  const code = `const A = () => <p title="Hello">World {'there'}</p>`
  const found: (string | undefined)[] = []
  walk(parseAst(code, { lang: 'tsx' }), (node) => found.push(textOf(node)))

  assert.deepEqual(found.filter(Boolean), ['Hello', 'World ', 'there'])
})

/** The key itself, or a composed one: `status_${status}`. */
function isUsed(key: string, sources: string): boolean {
  const prefix = key.slice(0, key.indexOf('_') + 1)
  return (
    new RegExp(`['"\`]${key}['"\`]|\\b${key}\\b(?=['"]?:)`).test(sources) ||
    (prefix !== '' && sources.includes(`\`${prefix}\${`))
  )
}

interface Node {
  readonly type: string
  readonly [member: string]: unknown
}

/**
 * The text that a person would read of this node: text between tags, also as `{'text'}`, and attributes that are read.
 */
function textOf(node: Node): string | undefined {
  if (node.type === 'JSXText') return node.value as string
  if (node.type === 'JSXExpressionContainer') return literal(node)
  if (node.type !== 'JSXAttribute') return undefined
  const value = node.value as Node | null
  return READ.has((node.name as Node).name as string) && value ? literal(value) : undefined
}

function literal(node: Node): string | undefined {
  const { type, value } = node.type === 'JSXExpressionContainer' ? (node.expression as Node) : node
  return type === 'Literal' && typeof value === 'string' ? value : undefined
}

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const member of node) walk(member, visit)
  if (typeof node !== 'object' || node === null || !('type' in node)) return
  visit(node as Node)
  for (const [name, member] of Object.entries(node)) {
    // The attribute's value was checked together with its name.
    if (!((node as Node).type === 'JSXAttribute' && name === 'value' && isLiteral(member))) walk(member, visit)
  }
}

function isLiteral(node: unknown): boolean {
  return node !== null && literal(node as Node) !== undefined
}

function forms(message: Message): string[] {
  return typeof message === 'string' ? [message] : [message.one, message.other]
}

function gaps(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, gap = '']) => gap).sort()
}

async function readSources(): Promise<string> {
  const files = (await filesOf('**/*.{ts,tsx}')).filter((file) => !catalogueFiles.includes(file))
  return (await Promise.all(files.map((file) => readFile(join(SRC, file), 'utf8')))).join('\n')
}
