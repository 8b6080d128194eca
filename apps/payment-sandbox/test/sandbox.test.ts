import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { payByCard, startSandbox } from '@doran/payment-sandbox'
import { AMOUNT, CARD, openTill, type Till } from '../../../services/payment/test/till.ts'

describe('the payment page', () => {
  let till: Till
  before(async () => {
    till = await openTill()
  })
  after(() => till.close())

  const look = async (url: string, language = 'ko') =>
    (await fetch(url, { headers: { 'accept-language': language } })).text()
  const submit = (url: string, form: Record<string, string>) =>
    fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
  const card = { action: 'pay', number: CARD.approved, expiry: '12/39', cvc: '123' }

  it('speaks Korean and English, and shows what is paid for', async () => {
    const { url } = await till.open()

    assert.match(await look(url, 'ko-KR,ko;q=0.9'), /<html lang="ko">[\s\S]*₩12,900[\s\S]*카드 번호/)
    assert.match(await look(url, 'en-GB'), /<html lang="en">[\s\S]*₩12,900[\s\S]*Card number/)
  })

  it('escapes the shop’s texts', async () => {
    const { url } = await till.open()

    const page = await look(url)

    assert.match(page, /도란 &#60;주문&#62;/)
    assert.doesNotMatch(page, /<주문>|<script/)
  })

  it('says what is wrong with the card and keeps its number', async () => {
    const { url } = await till.open()
    const answer = await submit(url, { ...card, number: '4242 4242 4242 4241', expiry: '01/20', cvc: 'x' })
    const page = await answer.text()

    assert.equal(answer.status, 422)
    for (const field of ['number', 'expiry', 'cvc'])
      assert.match(page, new RegExp(`id="${field}-mistake" role="alert"`))
    assert.match(page, /value="4242 4242 4242 4241"/)
    assert.doesNotMatch(page, /value="x"/)
  })

  it('sends the buyer back with the outcome', async () => {
    const { url } = await till.open()

    assert.equal(await payByCard(url, CARD.approved), 'https://shop.example/return?x=1&status=approved')
  })

  it('lets the buyer cancel, which finishes the payment', async () => {
    const { id, url } = await till.open()

    const answer = await submit(url, { action: 'cancel' })

    assert.match(answer.headers.get('location') ?? '', /status=cancelled$/)
    const { status, failure } = await till.service().refreshPayment({ paymentId: id })
    assert.deepEqual([status, failure?.code], ['failed', 'cancelled_by_buyer'])

    const again = await submit(url, card)
    assert.deepEqual([again.status, again.headers.get('location')], [303, answer.headers.get('location')])
    assert.equal((await till.service().refreshPayment({ paymentId: id })).status, 'failed')
  })

  it('redirects the buyer to the same address when the form is submitted twice', async () => {
    const { id, url } = await till.open()

    const answers = await Promise.all([submit(url, card), submit(url, card)])

    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers.get('location')]),
      Array(2).fill([303, 'https://shop.example/return?x=1&status=approved']),
    )
    assert.equal((await till.service().refreshPayment({ paymentId: id })).status, 'approved')
  })

  for (const expiry of ['1239', '12/39', '12 / 39', '12/2039', ' 1239 ']) {
    it(`accepts ${JSON.stringify(expiry)} as an expiry date`, async () => {
      const { url } = await till.open()

      assert.equal((await submit(url, { ...card, expiry })).status, 303)
    })
  }

  for (const expiry of ['', '1339', '0039', '139', '12-39', '1220', '12/20', '123999']) {
    it(`refuses ${JSON.stringify(expiry)} as an expiry date and keeps the valid fields`, async () => {
      const { url } = await till.open()

      const answer = await submit(url, { ...card, expiry })

      const page = await answer.text()
      assert.equal(answer.status, 422)
      assert.deepEqual(
        ['number', 'expiry', 'cvc'].map((name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1]),
        [card.number, '', card.cvc],
      )
    })
  }

  it('approves a 3-D Secure card once the buyer confirms with the bank', async () => {
    const { id, url } = await till.open()

    await payByCard(url, CARD.threeDSecure)

    assert.equal((await till.service().refreshPayment({ paymentId: id })).status, 'approved')
  })

  it('fails the payment by a 3-D Secure card when the buyer refuses the bank’s confirmation', async () => {
    const { id, url } = await till.open()
    await submit(url, { ...card, number: CARD.threeDSecure })
    assert.equal((await till.service().refreshPayment({ paymentId: id })).status, 'pending')

    await submit(url, { action: 'refuse' })

    const { failure } = await till.service().refreshPayment({ paymentId: id })
    assert.equal(failure?.code, 'authentication_failed')
  })

  it('answers 404 for an unknown payment', async () => {
    assert.equal((await fetch(`${till.sandbox.url}/pay/nobody`)).status, 404)
  })
})

describe('the provider', () => {
  let till: Till
  before(async () => {
    till = await openTill()
  })
  after(() => till.close())

  it('gives access to its ledger only with the secret', async () => {
    assert.equal((await till.ask('/v1/ledger', 'GET', undefined, 'guessed')).status, 401)
    assert.equal((await till.ask('/v1/ledger')).status, 200)
  })

  it('keeps its sessions over a restart', async () => {
    const { id, orderId } = await till.open(CARD.approved)
    await till.service().authorise({ paymentId: id })

    await till.restartSandbox()

    assert.equal((await till.service().capture({ paymentId: id })).status, 'captured')
    assert.deepEqual(await till.ledger(orderId), [`authorise ${AMOUNT}`, `capture ${AMOUNT}`])
  })

  it('refuses malformed requests', async () => {
    for (const [path, body] of [
      ['/v1/sessions', { key: 'k' }],
      [
        '/v1/sessions',
        {
          key: 'k',
          reference: 'r',
          amount: -1,
          currency: 'KRW',
          title: 't',
          returnUrl: 'javascript:x',
          webhookUrl: 'x',
        },
      ],
      ...['https://shop.example:99999/', 'http://1.2.3.4.5/', 'https://'].map(
        (returnUrl) =>
          [
            '/v1/sessions',
            { key: 'k', reference: 'r', amount: 1, currency: 'KRW', title: 't', returnUrl, webhookUrl: 'http://x' },
          ] as const,
      ),
      ['/v1/faults', { webhooks: { duplicate: 1_000 } }],
    ] as const) {
      assert.equal((await till.ask(path, 'POST', body)).status, 400)
    }
    assert.equal(
      (await till.ask('/v1/sessions/nobody/operations', 'POST', { kind: 'capture', key: 'k', amount: 1 })).status,
      404,
    )
    assert.equal((await till.ask('/v1/operations/by-key/never')).status, 404)
  })
})

describe('the merchant API of the provider', () => {
  let till: Till
  before(async () => {
    till = await openTill()
  })
  after(() => till.close())

  const post = async (path: string, body: object) => {
    const answer = await till.ask(path, 'POST', body)
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const session = (key: string, amount = 5_000) =>
    post('/v1/sessions', {
      key,
      reference: `order of ${key}`,
      amount,
      currency: 'KRW',
      title: 'x',
      returnUrl: 'https://shop.example/',
      webhookUrl: 'http://127.0.0.1:1/nobody',
    })

  it('has a route for each kind of operation, and sums the ledger by reference', async () => {
    const { id, url } = (await session('a')).body
    await payByCard(url as string, CARD.approved)
    for (const [route, body] of [
      ['authorise', {}],
      ['capture', {}],
      ['refunds', { amount: 700 }],
      ['refunds', { amount: 300 }],
    ] as const) {
      const key = `a:${route}:${'amount' in body ? body.amount : ''}`
      assert.equal((await post(`/v1/sessions/${id}/${route}`, { key, ...body })).status, 200)
      assert.equal((await post(`/v1/sessions/${id}/${route}`, { key, ...body })).status, 200)
    }
    assert.equal((await post(`/v1/sessions/${id}/void`, { key: 'a:void' })).body.code, 'wrong_state')

    const ledger = await (await till.ask('/v1/ledger?reference=order%20of%20a')).json()
    assert.deepEqual((ledger as { sums: object }).sums, {
      'order of a': { authorise: 5_000, capture: 5_000, refund: 1_000 },
    })
  })

  it('finds a session by its key', async () => {
    const { id } = (await session('b')).body

    const found = (await (await till.ask('/v1/sessions/by-key/b')).json()) as { id: string; status: string }

    assert.deepEqual([found.id, found.status], [id, 'pending'])
    assert.equal((await till.ask('/v1/sessions/by-key/never')).status, 404)
  })

  it('refuses a key that belongs to another operation, and executes nothing', async () => {
    const { id, url } = (await session('c')).body
    await payByCard(url as string, CARD.approved)
    await post(`/v1/sessions/${id}/authorise`, { key: 'c:1' })

    assert.equal((await session('c', 6_000)).status, 422)
    assert.equal((await post(`/v1/sessions/${id}/capture`, { key: 'c:1' })).status, 422)
    assert.equal(((await (await till.ask(`/v1/sessions/${id}`)).json()) as { status: string }).status, 'authorised')
  })

  it('injects faults into a single session on request', async () => {
    const [one, other] = [(await session('d')).body, (await session('e')).body]
    await post(`/v1/sessions/${one.id}/faults`, { webhooks: {}, api: { failRate: 1 } })

    assert.equal((await till.ask(`/v1/sessions/${one.id}`)).status, 500)
    assert.equal((await till.ask(`/v1/sessions/${other.id}`)).status, 200)
    await till.ask(`/v1/sessions/${one.id}/faults`, 'DELETE')
    assert.equal((await till.ask(`/v1/sessions/${one.id}`)).status, 200)
  })
})

describe('the address of the payment page', () => {
  it('uses the public address when buyers and the shop reach the sandbox at different ones', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doran-sandbox-'))
    const secret = 'a secret of this test'
    const sandbox = await startSandbox({
      port: 0,
      host: '127.0.0.1',
      folder,
      secret,
      publicUrl: 'https://pay.example',
    })
    const answer = await fetch(`${sandbox.url}/v1/sessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        key: 'k',
        reference: 'r',
        title: 'Order',
        amount: AMOUNT,
        currency: 'KRW',
        returnUrl: 'https://shop.example/',
        webhookUrl: 'http://127.0.0.1:1/',
      }),
    })
    const { id, url } = (await answer.json()) as { id: string; url: string }

    assert.equal(url, `https://pay.example/pay/${id}`)
    await sandbox.close()
    await rm(folder, { recursive: true })
  })
})
