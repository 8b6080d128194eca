import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { migrationsOf, readMigrations } from '@doran/kernel/platform'
import { services } from '../apps/server/services.ts'

/** Migrations from before two versions ever ran side by side. */
const EARLIER = [
  'payment/0002-compared.sql',
  'product/0003-sku-sellers.sql',
  'product/0004-popular-products.sql',
  'user/0002-members.sql',
]

/** Statements that break the previous version or that lock a table for long, each with a reason and an alternative. */
const REFUSED: readonly [RegExp, string][] = [
  [/\brename\b/, 'renames; add the new name, write both, and drop the old one a version later'],
  [/\b(drop (table|column|schema)|truncate)\b/, 'drops what the version before reads'],
  [/\balter column \S+ (set data )?type\b/, 'changes a type; add a column of the new type'],
  [/\bset not null\b/, 'refuses rows of the version before; give the column a default, or check it `not valid`'],
  [
    /\badd (column )?(?!constraint\b)(?![^,;]*\bdefault\b)[^,;]*\bnot null\b/,
    'adds a column that must be filled and has no default',
  ],
  [
    /\badd (constraint \S+ )?(check|foreign key)\b(?![^;]*\bnot valid\b)/,
    'reads a whole table under a lock; add it `not valid`',
  ],
  [
    /^create (unique )?index (?!concurrently\b)/,
    'lets writers wait; create it concurrently, `-- Outside a transaction`',
  ],
]

const CHANGED =
  /^(?:(?:alter|drop) table (?:if exists )?(?:only )?|truncate (?:table )?|create (?:unique )?index .*?\bon )(\S+)/

/** Returns why a migration cannot run while the previous version does. `known` are the tables of earlier migrations. */
function whatBreaks(text: string, known: ReadonlySet<string>): string[] {
  return statementsOf(text)
    .filter((statement) => known.has(CHANGED.exec(statement)?.[1] as string))
    .flatMap((statement) => REFUSED.filter(([pattern]) => pattern.test(statement)).map(([, why]) => why))
}

function statementsOf(text: string): string[] {
  return text
    .replaceAll(/--.*$/gm, '')
    .toLowerCase()
    .split(';')
    .map((statement) => statement.replaceAll(/\s+/g, ' ').trim())
}

function tablesOf(text: string): string[] {
  return statementsOf(text).flatMap(
    (statement) => /^create (?:unlogged )?table (?:if not exists )?(\S+)/.exec(statement)?.[1] ?? [],
  )
}

describe('migrations', () => {
  it('only add, so that the previous version works while they run and afterwards', async () => {
    const known = new Set<string>()
    for (const { service, name, text } of await readMigrations(migrationsOf(services))) {
      const id = `${service}/${name}`
      if (!EARLIER.includes(id)) assert.deepEqual(whatBreaks(text, known), [], id)
      for (const table of tablesOf(text)) known.add(table)
    }
    assert.ok(known.size > 20)
  })

  for (const [statement, why] of [
    ['alter table shop.carts rename column total to sum', /renames/],
    ['alter table shop.carts rename to baskets', /renames/],
    ['alter table shop.carts drop column total', /drops/],
    ['drop table shop.carts', /drops/],
    ['alter table shop.carts alter column total type numeric', /changes a type/],
    [
      'alter table shop.carts\n  add column size integer not null,\n  add column colour text default 0',
      /must be filled/,
    ],
    ['alter table shop.carts alter total set not null', /refuses rows/],
    ['alter table shop.carts add constraint positive check (total > 0)', /whole table/],
    ['create index carts_total on shop.carts (total)', /concurrently/],
    ['create unique index carts_total on shop.carts (total)', /concurrently/],
  ] as const) {
    it(`that contain \`${statement.replaceAll(/\s+/g, ' ')}\` are refused`, () => {
      assert.match(whatBreaks(statement, new Set(['shop.carts'])).join(), why)
    })
  }

  for (const text of [
    'alter table shop.carts add column colour text; alter table shop.carts add column size integer not null default 0',
    'alter table shop.carts add column size integer default 0 not null',
    '-- Outside a transaction\ndrop index concurrently if exists shop.carts_total;\ncreate index concurrently carts_total on shop.carts (total);',
    'create table shop.gifts (id uuid primary key, size integer not null); create index gifts_size on shop.gifts (size)',
    'alter table shop.carts add constraint positive check (total > 0) not valid',
  ]) {
    it(`that contain \`${text.split('\n').at(-1)}\` are accepted`, () => {
      assert.deepEqual(whatBreaks(text, new Set(['shop.carts'])), [])
    })
  }
})
