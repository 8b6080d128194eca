import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { cartQuery } from '../features/cart/api/cart.ts'
import { categoriesQuery } from '../features/catalogue/api/categories.ts'
import { useFormat, useMessages } from '../language/language.ts'
import { MessageCircle, Search, ShoppingBag, UserRound } from '../ui/icons.ts'
import { onDemand } from '../ui/on-demand.tsx'
import { HEADER_BUTTON } from './header-button.ts'
import { shellMessages } from './messages.ts'

const loadMenu = () => import('./account-menu.tsx')
const AccountMenu = onDemand(loadMenu, 'AccountMenu', AccountButton)

export function Header() {
  const t = useMessages(shellMessages)
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-paper/95 backdrop-blur">
      <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-2 px-4 pt-2 sm:flex-nowrap sm:gap-x-4 sm:px-6 sm:py-3 lg:px-8">
        <Link to="/" className="mr-auto flex shrink-0 items-center gap-2.5 rounded-xl py-1 sm:mr-0">
          <Mark />
          <span className="text-xl font-extrabold tracking-tight">{'도란'}</span>
          <span className="sr-only">{t('home')}</span>
        </Link>
        <SearchBox />
        <nav aria-label={t('main')} className="flex items-center">
          <Link to="/community" className={`${HEADER_BUTTON} lg:flex lg:w-auto lg:gap-2 lg:px-4`}>
            <MessageCircle className="size-5" aria-hidden />
            <span className="sr-only font-semibold lg:not-sr-only">{t('community')}</span>
          </Link>
          <Account />
          <CartLink />
        </nav>
      </div>
      <Departments />
    </header>
  )
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" className="size-9" aria-hidden="true">
      <rect width="32" height="32" rx="10" className="fill-brand" />
      <path
        d="M9 8.5h6.2c4.6 0 7.8 2.9 7.8 7.4 0 2.2-.8 4-2.1 5.3l1.4 3.3-4.2-1.2c-.9.3-1.9.4-2.9.4H9z"
        className="fill-on-brand"
      />
      <circle cx="13.2" cy="16" r="1.5" className="fill-brand" />
      <circle cx="18.2" cy="16" r="1.5" className="fill-brand" />
    </svg>
  )
}

/** A menu is a lot of code, so it loads on first use. */
function Account() {
  const [opened, setOpened] = useState(false)
  return opened ? <AccountMenu onClose={() => setOpened(false)} /> : <AccountButton onOpen={() => setOpened(true)} />
}

function AccountButton({ onOpen }: { onOpen?: () => void }) {
  const t = useMessages(shellMessages)
  return (
    <button
      type="button"
      aria-label={t('account')}
      aria-haspopup="menu"
      aria-expanded={!onOpen}
      onPointerEnter={prepareMenu}
      onFocus={prepareMenu}
      onClick={onOpen}
      className={HEADER_BUTTON}
    >
      <UserRound className="size-5" aria-hidden />
    </button>
  )
}

function prepareMenu(): void {
  // Without a network, opening the menu shows an error.
  loadMenu().catch(() => undefined)
}

function SearchBox() {
  const t = useMessages(shellMessages)
  const navigate = useNavigate()
  const { q } = useSearch({ strict: false })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const words = String(new FormData(event.currentTarget).get('q')).trim()
    // An empty search lists everything.
    navigate({ to: '/search', search: words ? { q: words } : {} })
  }
  return (
    <search className="order-last w-full py-2 sm:order-none sm:mx-auto sm:max-w-xl sm:py-0">
      <form onSubmit={submit} className="relative">
        <Search className="pointer-events-none absolute top-3 left-4 size-5 text-muted" aria-hidden />
        <input
          key={q}
          type="search"
          name="q"
          maxLength={100}
          defaultValue={q}
          aria-label={t('search')}
          placeholder={t('searchHint')}
          className="h-11 w-full rounded-full border border-transparent bg-sunken pr-4 pl-12 text-base placeholder:text-muted focus:border-field-line focus:bg-surface"
        />
      </form>
    </search>
  )
}

function CartLink() {
  const t = useMessages(shellMessages)
  const { data: cart } = useQuery(cartQuery)
  // Counts available goods only: sold-out goods in the cart need no attention.
  const count = cart?.lines.reduce((sum, { quantity, available }) => sum + Math.min(quantity, available), 0) ?? 0
  return (
    <Link to="/cart" aria-label={count > 0 ? t('cartWith', { count }) : t('cart')} className={HEADER_BUTTON}>
      <ShoppingBag className="size-5" aria-hidden />
      {count > 0 && (
        // Drawn by the style sheet, because the label already says it in words.
        <span
          data-count={count > 99 ? '99+' : count}
          className="absolute top-0.5 right-0 grid h-5 min-w-5 place-items-center rounded-full bg-brand px-1 text-xs font-bold text-on-brand before:content-[attr(data-count)]"
        />
      )}
    </Link>
  )
}

function Departments() {
  const t = useMessages(shellMessages)
  const { text } = useFormat()
  const { data: departments } = useQuery(categoriesQuery)
  return (
    <nav
      aria-label={t('categories')}
      className="mx-auto h-11 max-w-7xl overflow-x-auto px-2 [scrollbar-width:none] sm:px-4 lg:px-6"
    >
      <ul className="flex gap-1 whitespace-nowrap">
        {departments?.map(({ slug, name }) => (
          <li key={slug}>
            <Link
              to="/categories/$slug"
              params={{ slug }}
              className="flex h-10 items-center rounded-full px-3 text-[0.95rem] font-medium text-muted hover:bg-sunken hover:text-ink aria-[current=page]:font-bold aria-[current=page]:text-brand"
            >
              {text(name)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
