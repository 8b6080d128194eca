const TIMEOUT_MS = 30_000

/**
 * Pays on the payment page as a browser would: opens the page, submits the form and confirms with the bank when asked.
 * Returns the address that the buyer is redirected to. For demonstrations, tests and measurements.
 */
export async function payByCard(paymentUrl: string, cardNumber: string): Promise<string> {
  const opened = await fetch(paymentUrl, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!opened.ok || !(await opened.text()).includes('name="number"')) {
    throw new Error(`the payment page ${paymentUrl} does not ask for a card (${opened.status})`)
  }
  const back = await submit(paymentUrl, { action: 'pay', number: cardNumber, expiry: '12/39', cvc: '123' })
  const asked = new URL(back, paymentUrl)
  return asked.href === paymentUrl ? submit(paymentUrl, { action: 'confirm' }) : asked.href
}

async function submit(url: string, form: Record<string, string>): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const location = answer.headers.get('location')
  if (answer.status !== 303 || !location) throw new Error(`the payment page refused the form (${answer.status})`)
  await answer.arrayBuffer()
  return location
}
