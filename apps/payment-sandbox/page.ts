/** The buyer's payment page, rendered on the server without scripts in the browser's language. */
import { CARDS } from './cards.ts'
import type { Session } from './store.ts'

export type Language = 'ko' | 'en'

const TEXTS = {
  ko: {
    title: '결제',
    sandbox: '연습용 결제창입니다. 실제로 돈이 움직이지 않습니다.',
    number: '카드 번호',
    expiry: '유효기간 (MM/YY)',
    cvc: 'CVC',
    pay: '결제하기',
    cancel: '취소',
    cards: '시험용 카드',
    mistakes: {
      number: '시험용 카드 번호를 확인해 주세요.',
      expiry: '지나지 않은 유효기간을 MM/YY로 입력해 주세요.',
      cvc: '카드 뒷면의 숫자 3~4자리를 입력해 주세요.',
    },
    challenge: '은행에서 결제를 한 번 더 확인합니다.',
    confirm: '본인이 맞습니다',
    refuse: '승인하지 않음',
    over: '이 결제는 이미 끝났습니다. 쇼핑몰로 돌아가 주세요.',
    back: '쇼핑몰로 돌아가기',
  },
  en: {
    title: 'Payment',
    sandbox: 'This is a payment page for practice. No real money moves.',
    number: 'Card number',
    expiry: 'Valid until (MM/YY)',
    cvc: 'CVC',
    pay: 'Pay',
    cancel: 'Cancel',
    cards: 'Test cards',
    mistakes: {
      number: 'Check the number: it is not one of the test cards.',
      expiry: 'Give a date that has not passed, as MM/YY.',
      cvc: 'Give the three or four digits on the back of the card.',
    },
    challenge: 'Your bank asks you to confirm this payment.',
    confirm: 'Yes, it is me',
    refuse: 'Do not approve',
    over: 'This payment is finished. Please go back to the shop.',
    back: 'Back to the shop',
  },
}

export function languageOf(acceptLanguage: string | undefined): Language {
  const first = /\b(ko|en)\b/i.exec(acceptLanguage ?? '')?.[1]?.toLowerCase()
  return first === 'en' ? 'en' : 'ko'
}

export type Mistakes = readonly ('number' | 'expiry' | 'cvc')[]

/** The card form as the buyer submitted it. */
export interface TypedCard {
  number: string
  expiry: string
  cvc: string
}

const NOTHING_TYPED: TypedCard = { number: '', expiry: '', cvc: '' }

/**
 * The card form. After a mistake it keeps the valid fields and the number, to correct, and empties other wrong fields.
 */
export function cardPage(
  session: Session,
  language: Language,
  mistakes: Mistakes = [],
  typed: TypedCard = NOTHING_TYPED,
): string {
  const text = TEXTS[language]
  const field = (name: keyof TypedCard, attributes: string) => {
    const wrong = mistakes.includes(name)
    const value = wrong && name !== 'number' ? '' : typed[name]
    return `<label for="${name}">${text[name]}</label>
      <input id="${name}" name="${name}" value="${escapeHtml(value)}" inputmode="numeric" required ${attributes}
        ${wrong ? `aria-invalid="true" aria-describedby="${name}-mistake"` : ''}>
      ${wrong ? `<p class="mistake" id="${name}-mistake" role="alert">${text.mistakes[name]}</p>` : ''}`
  }
  const cards = CARDS.map(
    ({ number, about }) => `<li><code>${number.replace(/(\d{4})(?=\d)/g, '$1 ')}</code> ${about[language]}</li>`,
  )
  return layout(
    session,
    language,
    `<form method="post">
      ${field('number', 'autocomplete="cc-number" maxlength="23"')}
      <div class="row"><div>${field('expiry', 'autocomplete="cc-exp" placeholder="12/30" maxlength="9"')}</div>
      <div>${field('cvc', 'autocomplete="cc-csc" maxlength="4"')}</div></div>
      <button name="action" value="pay">${text.pay} ${money(session, language)}</button>
      <button name="action" value="cancel" class="plain" formnovalidate>${text.cancel}</button>
    </form>
    <details><summary>${text.cards}</summary><ul>${cards.join('')}</ul></details>`,
  )
}

/** The bank's confirmation step, as in 3-D Secure. */
export function challengePage(session: Session, language: Language): string {
  const text = TEXTS[language]
  return layout(
    session,
    language,
    `<form method="post"><p>${text.challenge}</p>
      <button name="action" value="confirm">${text.confirm}</button>
      <button name="action" value="refuse" class="plain">${text.refuse}</button></form>`,
  )
}

export function finishedPage(session: Session, language: Language): string {
  const text = TEXTS[language]
  return layout(
    session,
    language,
    `<p>${text.over}</p><p><a href="${escapeHtml(session.returnUrl)}">${text.back}</a></p>`,
  )
}

function money({ amount, currency }: Session, language: Language): string {
  return new Intl.NumberFormat(language, { style: 'currency', currency }).format(amount)
}

function layout(session: Session, language: Language, content: string): string {
  const text = TEXTS[language]
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text.title} · ${escapeHtml(session.title)}</title>
<style>
:root { color-scheme: light dark; --ink: light-dark(#26221e, #f0ebe4); --soft: light-dark(#6d645b, #b3a99e); --paper: light-dark(#f6f1ea, #171513);
  --card: light-dark(#fff, #24211e); --line: light-dark(#ddd3c7, #47413a); --accent: light-dark(#a83f1a, #f0916b); --on-accent: light-dark(#fff, #241008) }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Apple SD Gothic Neo", "Noto Sans KR", sans-serif }
main { width: 100%; max-width: 26rem; padding: 2rem; border-radius: 1.25rem; background: var(--card); box-shadow: 0 .5rem 2rem #0001 }
h1 { margin: 0; font-size: 1rem; font-weight: 600; color: var(--soft) }
.amount { margin: 0 0 1.5rem; font-size: 2.25rem; font-weight: 700; letter-spacing: -.02em }
label { display: block; margin: .75rem 0 .25rem; font-size: .875rem; color: var(--soft) }
input { width: 100%; padding: .75rem; border: 1px solid var(--line); border-radius: .625rem; background: transparent; color: inherit; font: inherit }
input[aria-invalid] { border-color: var(--accent) }
.row { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem }
.mistake { margin: .25rem 0 0; color: var(--accent); font-size: .875rem }
button { width: 100%; margin-top: 1.25rem; padding: .875rem; border: 0; border-radius: .625rem; background: var(--accent); color: var(--on-accent);
  font: inherit; font-weight: 600; cursor: pointer }
button.plain { margin-top: .5rem; background: transparent; color: var(--soft) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
a { color: var(--accent) }
details, .sandbox { margin-top: 1.25rem; color: var(--soft); font-size: .875rem } summary { cursor: pointer } ul { padding-left: 1rem }
</style>
</head>
<body><main><h1>${escapeHtml(session.title)}</h1><p class="amount">${money(session, language)}</p>${content}<p class="sandbox">${text.sandbox}</p></main></body>
</html>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
