import type { CategoryNode } from '@doran/product/contract'
import { Link } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { CHIP, CHIP_ROW } from './chips.ts'
import { catalogueMessages } from './messages.ts'

/** The subcategories of a category; without any, its siblings, so that every category leads on. */
export function CategoryChips({ path }: { path: CategoryNode[] }) {
  const t = useMessages(catalogueMessages)
  const { text } = useFormat()
  const above = path.findLast(({ children }) => children.length > 0)
  if (!above) return null
  const chips = [{ slug: above.slug, label: t('all') }].concat(
    above.children.map(({ slug, name }) => ({ slug, label: text(name) })),
  )
  return (
    <nav aria-label={t('within')}>
      <ul className={CHIP_ROW}>
        {chips.map(({ slug, label }) => (
          <li key={slug}>
            <Link to="/categories/$slug" params={{ slug }} className={CHIP}>
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
