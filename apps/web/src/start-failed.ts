import { translate } from './language/catalogue.ts'
import { currentLanguage } from './language/language.ts'
import { startMessages } from './start-messages.ts'

/** If the application could not be loaded, says so in plain elements, and tries again when the network is back. */
export function showStartFailed(): void {
  const t = translate(startMessages, currentLanguage())
  const title = document.createElement('h1')
  title.className = 'text-2xl font-bold'
  title.textContent = t('title')
  const text = document.createElement('p')
  text.className = 'mt-2 mb-6 text-muted'
  text.textContent = t('text')
  const again = document.createElement('button')
  again.className = 'min-h-11 rounded-full bg-brand px-6 font-semibold text-on-brand'
  again.textContent = t('again')
  const reload = () => location.reload()
  again.addEventListener('click', reload)
  addEventListener('online', reload, { once: true })
  const notice = document.createElement('main')
  notice.className = 'mx-auto max-w-md px-4 py-24 text-center'
  notice.append(title, text, again)
  document.getElementById('root')?.replaceChildren(notice)
}
