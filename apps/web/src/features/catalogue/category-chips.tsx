import type { CategoryNode } from '@doran/product/contract'
import { Link } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { CHIP, CHIP_ROW } from './chips.ts'
import { catalogueMessages } from './messages.ts'

/** What is below a category; where nothing is, its neighbours, so that one gets on from everywhere. */
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
