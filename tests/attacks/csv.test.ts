import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { assertUnharmed } from './assertions.ts'
import { duringAttack } from './bystander.ts'
import { send } from './send.ts'
import { startVictim, type Victim } from './victim.ts'

const HEADER = 'product_key,category,name_ko,name_en,sku,price'
const MEGABYTE = 1_000_000

/** Files of a malicious seller, each with the name of its fault. */
const files: [string, string][] = [
  ['rows that are all wrong', `${HEADER}\n${'k1,x,,,,\n'.repeat((9 * MEGABYTE) / 9)}`],
  ['a header of commas', `${','.repeat(2 * MEGABYTE)}\n`],
  [
    'one product of many variants',
    `${HEADER}\n${Array.from({ length: 80_000 }, (_, n) => `one,food,이름,Name,ATTACK-${n},1000`).join('\n')}\n`,
  ],
  ['one endless quoted cell', `${HEADER}\nk1,food,"${'x'.repeat(9 * MEGABYTE)}`],
  ['quotes only', `${HEADER}\n${'"'.repeat(9 * MEGABYTE)}`],
  ['blank lines', `${HEADER}\n${'\n'.repeat(9 * MEGABYTE)}`],
]

describe('a product file', () => {
  let victim: Victim
  before(async () => {
    victim = await startVictim()
  })
  after(() => victim.close())

  for (const [what, csv] of files) {
    it(`with ${what} is refused briefly, and harms nobody else`, async () => {
      const report = await duringAttack(victim.url, () =>
        send(`${victim.url}/api/products/import`, csv, { as: victim.seller, headers: { 'content-type': 'text/csv' } }),
      )

      const { outcome } = report
      assert.ok(outcome.status < 500 && outcome.size < 200_000, JSON.stringify(outcome))
      await assertUnharmed(victim, report)
    })
  }
})
