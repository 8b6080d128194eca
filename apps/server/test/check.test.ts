import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sql } from '@doran/kernel'
import { discardTask } from '@doran/kernel/platform'
import { createTestDatabase, freePort, runJob } from '@doran/kernel/testing'
import { type CheckOptions, checkInvariants, type Finding, INVARIANTS, type KnownInvariant } from '../check/index.ts'
import type { OwnInvariant } from '../check/own.ts'
import { FIRST_ID } from '../check/scan.ts'
import { openReadOnly } from '../check/sources.ts'
import { services } from '../services.ts'
import { type CheckedShop, openCheckedShop } from './checked-shop.ts'

const NOW = { settle: 0, looks: 2 } satisfies CheckOptions
/** An id that no row has. */
const STRANGER = '01900000-0000-7000-8000-000000000000'

const brokenIn = (findings: readonly Finding[]) =>
  Object.fromEntries(
    findings
      .filter(({ state }) => state === 'broken')
      .map(({ invariant, offending }) => [invariant, offending.map(({ id }) => id)]),
  )

function assertHolds(findings: readonly Finding[]): void {
  assert.deepEqual(brokenIn(findings), {}, JSON.stringify(findings, undefined, 2))
  assert.deepEqual(
    findings.map(({ state }) => state),
    findings.map(() => 'holds'),
  )
}

describe('the check of invariants', () => {
  let shop: CheckedShop
  before(async () => {
    shop = await openCheckedShop()
  })
  after(() => shop.close())

  it('finds that everything holds in a sound shop, and inspects all of it', async () => {
    const findings = await checkInvariants(shop.sources, NOW)

    assertHolds(findings)
    assert.deepEqual(
      findings.map(({ invariant }) => invariant),
      Object.keys(INVARIANTS),
    )
    // With one database no event comes from another.
    for (const { invariant, looked } of findings)
      assert.ok(looked > 0 || invariant === 'events-handled-once', invariant)
  })

  it('inspects what a service declares of its own tables', async () => {
    const inspected: string[] = []
    const own: OwnInvariant = {
      service: 'inventory',
      name: 'inventory-has-few',
      about: 'there are few SKUs',
      byTime: true,
      page: async (db, after) => (after === FIRST_ID ? Object.keys(await db.one(sql`select 1 as one`)) : []),
      async inspect(_db, subjects) {
        inspected.push(...subjects)
        return subjects.map((id) => ({ id, what: 'is one too many' }))
      },
    }

    const findings = await checkInvariants(shop.sources, NOW, [own])

    const { about, state, offending, looked } = findings.at(-1) as Finding
    assert.deepEqual([about, state, looked], ['there are few SKUs', 'broken', 1])
    assert.deepEqual(offending, [{ id: 'one', what: 'is one too many' }])
    assert.deepEqual(inspected, ['one', 'one'])
    await assert.rejects(checkInvariants(shop.sources, NOW, [{ ...own, about: undefined }]), /has no sentence/)
  })

  it('cannot change anything', async () => {
    const pool = openReadOnly(shop.platform.url)
    const change = pool.at(0).run(sql`update inventory.stock set on_hand = 0`)

    await assert.rejects(change, { code: '25006' })
    await pool.close()
  })

  it('does not report orders in progress as broken', async () => {
    await shop.delayProvider(300)
    const orderId = await shop.order({ 'C-KIMCHI': 1 })
    const confirmed = shop.confirm(orderId)
    const seen = new Set<string>()
    let decided = false
    void confirmed.then(() => {
      decided = true
    })
    while (!decided) {
      const { status } = await shop.platform
        .database('order')
        .one<{ status: string }>(sql`select status from "order".orders where id = ${orderId}`)
      seen.add(status)
      const findings = await checkInvariants(shop.sources, NOW)
      assert.deepEqual(brokenIn(findings), {}, JSON.stringify(findings, undefined, 2))
    }
    await shop.delayProvider(0)

    assert.equal((await confirmed).status, 'paid')
    assert.ok(seen.has('processing'))
    await shop.platform.settled()
  })

  it('reports what it could not check', async () => {
    const findings = await checkInvariants({ ...shop.sources, provider: undefined }, NOW)
    const unseen = findings.filter(({ state }) => state === 'not looked at')

    assert.deepEqual(
      unseen.map(({ invariant }) => invariant),
      ['captured-once', 'money-agrees', 'ledger-balanced'],
    )
    assert.match(unseen[0]?.reason ?? '', /another provider/)
    const silent = { url: `http://127.0.0.1:${await freePort()}`, secret: 'whatever' }
    const unheard = await checkInvariants({ ...shop.sources, provider: silent }, NOW)
    assert.match(unheard.find(({ reason }) => reason)?.reason ?? '', /cannot be read \(ECONNREFUSED\)/)
  })

  it('shows what is parked, but not as broken', async () => {
    await shop.corrupt(
      'order',
      `insert into doran.tasks (handler, payload, state, attempts, last_error) values ('order/on:lost', '{}', 'dead', 15, 'no')`,
    )
    const findings = await checkInvariants(shop.sources, NOW)
    await shop.corrupt('order', `delete from doran.tasks where handler = 'order/on:lost'`)

    assertHolds(findings)
    const { parked, parkedCount } = findings.find(({ invariant }) => invariant === 'outbox-drained') as Finding
    assert.equal(parkedCount, 1)
    assert.match(parked[0]?.what ?? '', /order\/on:lost failed 15 times: no/)
  })

  it('does not report an event whose task an operator has discarded', async () => {
    await shop.corrupt(
      'order',
      `insert into doran.inbox (event_id, handler) values ('${STRANGER}', 'order/on:x');
       insert into doran.tasks (id, handler, payload, state) overriding system value
         values (900002, 'order/on:x', '{"id": "${STRANGER}"}', 'dead')`,
    )

    assert.equal(await discardTask(shop.platform.database('order'), 900_002), true)
    assertHolds(await checkInvariants(shop.sources, NOW))
    await shop.corrupt('order', `delete from doran.inbox where event_id = '${STRANGER}'`)
  })

  it('does not report a cancellation that was deleted thirty days after its end', async () => {
    const database = shop.platform.database('order')
    const age = (days: number) => sql`
      update inventory.movements set at = at - make_interval(days => ${days}) where kind = 'restock'`
    await database.run(sql`create table "order".kept as select * from doran.sagas where state in ('done', 'undone')`)
    await database.run(age(31))
    await database.run(sql`
      update doran.sagas set created_at = now() - interval '31 days', updated_at = now() - interval '31 days'
      where state = 'done'`)
    await runJob(shop.platform, 'doran/job:housekeeping', 'order')

    const { left } = await database.one<{ left: number }>(sql`
      select count(*) as left from doran.sagas where name = 'cancellation'`)
    const findings = await checkInvariants(shop.sources, NOW)
    await database.run(age(-31))
    await database.run(sql`delete from doran.sagas where state in ('done', 'undone')`)
    await database.run(sql`insert into doran.sagas select * from "order".kept`)
    await database.run(sql`drop table "order".kept`)

    assert.equal(left, 0)
    assertHolds(findings)
  })

  describe('names what is broken when', () => {
    /**
     * The corruption breaks exactly these invariants at these ids. The next check, and the last test, see that it was
     * repaired.
     */
    function breaks(
      what: string,
      service: string,
      texts: () => [corruption: string, repair: string],
      expected: () => Partial<Record<KnownInvariant, string[]>>,
    ): void {
      it(what, async () => {
        const [corruption, repair] = texts()
        const change = async (text: string) => (service === 'provider' ? shop.forge(text) : shop.corrupt(service, text))

        await change(corruption)
        const broken = await checkInvariants(shop.sources, NOW)
          .then(brokenIn)
          .finally(() => change(repair))

        assert.deepEqual(broken, expected())
      })
    }

    const paid = () => shop.paid.id
    const paidPayment = () => shop.paid.paymentId

    breaks(
      'a SKU has more than its movements say',
      'inventory',
      () => [
        `update inventory.stock set on_hand = on_hand + 1 where sku = 'C-TEA'`,
        `update inventory.stock set on_hand = on_hand - 1 where sku = 'C-TEA'`,
      ],
      () => ({ 'stock-conserved': ['C-TEA'] }),
    )
    breaks(
      'a movement is missing',
      'inventory',
      () => [
        `update inventory.movements set version = version + 100 where sku = 'C-RADISH' and version = (select max(version) from inventory.movements where sku = 'C-RADISH')`,
        `update inventory.movements set version = version - 100 where sku = 'C-RADISH' and version > 100`,
      ],
      () => ({ 'stock-conserved': ['C-RADISH'] }),
    )
    breaks(
      'a reservation of a paid order is not sold',
      'inventory',
      () => [
        `update inventory.reservations set state = 'released' where order_id = '${paid()}'`,
        `update inventory.reservations set state = 'committed' where order_id = '${paid()}'`,
      ],
      () => ({ 'stock-follows-orders': [paid()] }),
    )
    breaks(
      'cancelled goods did not come back',
      'inventory',
      () => [
        `update inventory.restocks set reference = 'lost ' || reference`,
        `update inventory.restocks set reference = replace(reference, 'lost ', '')`,
      ],
      () => ({ 'stock-follows-orders': [paid()] }),
    )
    breaks(
      'an order was charged twice here',
      'payment',
      () => [
        `insert into payment.payments (id, order_id, buyer_id, provider, amount, currency, title, return_url, status, captured)
           select '${STRANGER}', order_id, buyer_id, 'other', amount, currency, title, return_url, 'captured', amount
           from payment.payments where id = '${paidPayment()}';
         insert into payment.operations (key, payment_id, kind, amount, state)
           select 'again', '${STRANGER}', 'capture', amount, 'succeeded' from payment.payments where id = '${STRANGER}'`,
        `delete from payment.operations where key = 'again'; delete from payment.payments where id = '${STRANGER}'`,
      ],
      () => ({ 'captured-once': [paid()], 'money-agrees': [paid()] }),
    )
    breaks(
      'an order was charged twice at the provider',
      'provider',
      () => [
        `insert into sessions (id, key, reference, amount, currency, title, returnUrl, webhookUrl, status, captured)
           values ('twice', 'twice', '${paid()}', 500, 'KRW', '', '', '', 'captured', 500);
         insert into ledger (sessionId, reference, kind, amount, key, at) values ('twice', '${paid()}', 'authorise', 500, 'twice-1', '');
         insert into ledger (sessionId, reference, kind, amount, key, at) values ('twice', '${paid()}', 'capture', 500, 'twice-2', '')`,
        `delete from ledger where sessionId = 'twice'; delete from sessions where id = 'twice'`,
      ],
      () => ({ 'captured-once': [paid()], 'money-agrees': [paid()] }),
    )
    breaks(
      'an order that was not paid was charged',
      'payment',
      () => [
        `update payment.payments set captured = amount where order_id = '${shop.declined}'`,
        `update payment.payments set captured = 0 where order_id = '${shop.declined}'`,
      ],
      () => ({ 'captured-once': [shop.declined], 'money-agrees': [shop.declined] }),
    )
    breaks(
      'a payment gave back more than the order says',
      'payment',
      () => [
        `update payment.payments set refunded = refunded + 1 where id = '${paidPayment()}'`,
        `update payment.payments set refunded = refunded - 1 where id = '${paidPayment()}'`,
      ],
      () => ({ 'money-agrees': [paid()] }),
    )
    breaks(
      'the reconciliation has found a discrepancy',
      'payment',
      () => [
        `insert into payment.discrepancies (id, payment_id, what, details) values ('${STRANGER}', '${paidPayment()}', 'amounts_differ', '{}')`,
        `delete from payment.discrepancies`,
      ],
      () => ({ 'money-agrees': [paid()] }),
    )
    breaks(
      'an entry of the ledger is wrong',
      'provider',
      () => [
        `update ledger set amount = amount + 1 where kind = 'refund' and reference = '${paid()}'`,
        `update ledger set amount = amount - 1 where kind = 'refund' and reference = '${paid()}'`,
      ],
      () => ({ 'ledger-balanced': [paid()] }),
    )
    breaks(
      'an order has lost the entry of its payment',
      'order',
      () => [
        `update "order".history set what = 'lost' where what = 'paid' and order_id = '${paid()}'`,
        `update "order".history set what = 'paid' where what = 'lost'`,
      ],
      () => ({ 'orders-whole': [paid()] }),
    )
    breaks(
      'the event of a payment was lost',
      'order',
      () => [
        `update doran.events set name = 'order.lost' where name = 'order.paid' and data ->> 'orderId' = '${paid()}'`,
        `update doran.events set name = 'order.paid' where name = 'order.lost'`,
      ],
      () => ({ 'orders-whole': [paid()] }),
    )
    breaks(
      'the event of a payment was published twice',
      'order',
      () => [
        `insert into doran.events (id, name, data) select '${STRANGER}', name, data from doran.events
           where name = 'order.paid' and data ->> 'orderId' = '${paid()}'`,
        `delete from doran.events where id = '${STRANGER}'`,
      ],
      () => ({ 'orders-whole': [paid()] }),
    )
    breaks(
      'the total of an order is not that of its parts',
      'order',
      () => [
        `update "order".order_lines set price = price + 1 where sku = 'C-RADISH'`,
        `update "order".order_lines set price = price - 1 where sku = 'C-RADISH'`,
      ],
      () => ({ 'orders-whole': [paid()] }),
    )
    breaks(
      'a cart was ordered and has no order',
      'order',
      () => [
        `insert into "order".carts (id, state) values ('${STRANGER}', 'ordered')`,
        `delete from "order".carts where id = '${STRANGER}'`,
      ],
      () => ({ 'orders-whole': [STRANGER] }),
    )
    breaks(
      'an order is processing and nobody is at it',
      'order',
      () => [
        `update "order".orders set status = 'processing' where id = '${shop.declined}'`,
        `update "order".orders set status = 'awaiting_payment' where id = '${shop.declined}'`,
      ],
      () => ({ 'orders-whole': [shop.declined] }),
    )
    breaks(
      'a saga has no task',
      'order',
      () => [
        `insert into doran.sagas (id, service, name, version, key, input) values ('${STRANGER}', 'order', 'checkout', 1, 'k', '{}')`,
        `delete from doran.sagas where id = '${STRANGER}'`,
      ],
      () => ({ 'sagas-ended': [STRANGER] }),
    )
    breaks(
      'a saga is unfinished for too long',
      'order',
      () => [
        `insert into doran.sagas (id, service, name, version, key, input, created_at)
           values ('${STRANGER}', 'order', 'checkout', 1, 'k', '{}', now() - interval '1 hour');
         insert into doran.tasks (handler, key, payload, run_at) values ('order/saga:checkout@1', '${STRANGER}', '{}', now() + interval '1 hour')`,
        `delete from doran.tasks where key = '${STRANGER}'; delete from doran.sagas where id = '${STRANGER}'`,
      ],
      () => ({ 'sagas-ended': [STRANGER] }),
    )
    breaks(
      'a task is due and nobody takes it',
      'order',
      () => [
        `insert into doran.tasks (id, handler, payload, run_at) overriding system value
           values (900001, 'order/on:nobody', '{}', now() - interval '5 minutes')`,
        `delete from doran.tasks where id = 900001`,
      ],
      () => ({ 'outbox-drained': ['900001'] }),
    )
    breaks(
      'an order never heard that its buyer agreed to pay',
      'payment',
      () => [
        `insert into payment.payments (id, order_id, buyer_id, provider, amount, currency, title, return_url, status, updated_at)
           select '${STRANGER}', order_id, buyer_id, 'other', amount, currency, title, return_url, 'approved', now() - interval '5 minutes'
           from payment.payments where order_id = '${shop.declined}';
         update "order".orders set payment_id = '${STRANGER}' where id = '${shop.declined}'`,
        `delete from payment.payments where id = '${STRANGER}';
         update "order".orders set payment_id = null where id = '${shop.declined}'`,
      ],
      () => ({ 'outbox-drained': [shop.declined] }),
    )
    breaks(
      'a subscriber is not told',
      'order',
      () => [
        `delete from doran.subscriptions where event = 'order.paid'`,
        `insert into doran.subscriptions (event, handler) values ('order.paid', 'product/on:order.paid')`,
      ],
      () => ({ 'outbox-drained': ['order.paid product/on:order.paid'] }),
    )
    for (const handled of [0, 2]) {
      breaks(
        `an event was handled ${handled} times`,
        'order',
        () => [
          `insert into doran.inbox (event_id, handler, handled) values ('${STRANGER}', 'order/on:x', ${handled})`,
          `delete from doran.inbox where event_id = '${STRANGER}'`,
        ],
        () => ({ 'events-handled-once': [STRANGER] }),
      )
    }
    breaks(
      'favourites are miscounted',
      'article',
      () => [`update article.articles set favorites = 7`, `update article.articles set favorites = 1`],
      () => ({ 'community-whole': [shop.articleId] }),
    )
    breaks(
      'comments were left when their article went',
      'comment',
      () => [
        `insert into comment.threads (article_id) values ('${STRANGER}')`,
        `delete from comment.threads where article_id = '${STRANGER}'`,
      ],
      () => ({ 'community-whole': [STRANGER] }),
    )
    breaks(
      'somebody follows a member who is gone',
      'profile',
      () => [
        `insert into profile.follows (follower_id, followed_id) select follower_id, '${STRANGER}' from profile.follows`,
        `delete from profile.follows where followed_id = '${STRANGER}'`,
      ],
      () => ({ 'community-whole': [STRANGER] }),
    )
    const entry = () => `${services[0]?.contract.name} 1`
    breaks(
      'an entry of the audit log was changed',
      'order',
      () => [
        `alter table doran.audit disable trigger audit_is_append_only;
         update doran.audit set roles = '{}' where seq = 1`,
        `update doran.audit set roles = '{admin}' where seq = 1;
         alter table doran.audit enable trigger audit_is_append_only`,
      ],
      () => ({ 'audit-chained': [entry()] }),
    )
    breaks(
      'the last entry of the audit log was removed',
      'order',
      () => [
        `create table public.removed as select * from doran.audit where seq = 1;
         alter table doran.audit disable trigger user;
         delete from doran.audit where seq = 1`,
        `insert into doran.audit select * from public.removed;
         alter table doran.audit enable trigger user;
         drop table public.removed`,
      ],
      () => ({ 'audit-chained': [entry()] }),
    )
    breaks(
      'sold units were lost',
      'product',
      () => [
        `update product.listings set sold = sold - 1 where product_id = '${productId()}'`,
        `update product.listings set sold = sold + 1 where product_id = '${productId()}'`,
      ],
      () => ({ 'sold-counted': [productId()] }),
    )
    const productId = () => shop.paid.sellers[0]?.lines[0]?.productId as string
  })

  it('is a command whose exit code tells whether everything holds, something is broken, or something could not be checked', async () => {
    const [sound, unseen] = await Promise.all([
      doranCheck(shop),
      doranCheck(shop, { PAYMENT_SANDBOX_URL: `http://127.0.0.1:${await freePort()}` }),
    ])
    await shop.corrupt('inventory', `update inventory.stock set on_hand = on_hand + 1 where sku = 'C-TEA'`)
    const broken = await doranCheck(shop).finally(() =>
      shop.corrupt('inventory', `update inventory.stock set on_hand = on_hand - 1 where sku = 'C-TEA'`),
    )

    assert.equal(sound.code, 0, sound.said)
    assert.match(sound.said, /^holds {9}stock-conserved {8}3$/m)
    assert.equal(broken.code, 1, broken.said)
    assert.match(
      broken.said,
      /^broken {8}stock-conserved {8}1 of 3\n.*\n {4}C-TEA {2}on hand \d+, by its movements \d+$/m,
    )
    assert.equal(unseen.code, 2, unseen.said)
    assert.match(unseen.said, /^not looked at money-agrees/m)
  })

  it('finds that everything holds after the repairs', async () => {
    assertHolds(await checkInvariants(shop.sources, NOW))
  })
})

function doranCheck({ sources }: CheckedShop, environment = {}): Promise<{ code: number; said: string }> {
  const program = fileURLToPath(new URL('../doran.ts', import.meta.url))
  const { PATH = '' } = process.env
  const env = {
    PATH,
    DATABASE_URL: sources.databases.order,
    PAYMENT_SANDBOX_URL: sources.provider?.url,
    PAYMENT_SANDBOX_SECRET: sources.provider?.secret,
    ...environment,
  }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, 'check', '--settle', '0'],
      { env, timeout: 120_000 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr }),
    )
  })
}

describe('the check of a database for each service', () => {
  it('finds that everything holds, and finds an event that was not relayed', async (t) => {
    const databases = await Promise.all(services.map(() => createTestDatabase(services)))
    const urls = services.map(({ contract: { name } }, index) => [
      `${name.toUpperCase()}_DATABASE_URL`,
      databases[index]?.url as string,
    ])
    const shop = await openCheckedShop(Object.fromEntries(urls))
    t.after(async () => {
      await shop.close()
      await Promise.all(databases.map(({ drop }) => drop()))
    })

    const findings = await checkInvariants(shop.sources, NOW)
    assertHolds(findings)
    for (const { invariant, looked } of findings) assert.ok(looked > 0, invariant)
    const [{ id }] = (await shop.platform
      .database('product')
      .all<{ id: string }>(sql`select event_id as id from doran.inbox where handler = 'product/on:order.paid'`)) as [
      { id: string },
    ]
    await shop.corrupt('order', `update doran.subscriptions set since = now() - interval '1 hour'`)
    await shop.corrupt('product', `delete from doran.inbox where event_id = '${id}'`)

    assert.deepEqual(brokenIn(await checkInvariants(shop.sources, NOW)), { 'events-handled-once': [id] })
  })
})
