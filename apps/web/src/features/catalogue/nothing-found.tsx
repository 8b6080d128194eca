import { useMessages } from '../../language/language.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/states.tsx'
import { countActive } from './filters.ts'
import { catalogueMessages } from './messages.ts'
import { useFilters } from './use-filters.ts'

/** Suggestions for an empty list. */
export function NothingFound() {
  const t = useMessages(catalogueMessages)
  const { filters, change } = useFilters()
  const filtered = countActive(filters) > 0 || filters.category !== undefined
  const clear = () => change({ brand: undefined, minPrice: undefined, maxPrice: undefined, category: undefined })
  return (
    <Notice
      picture="no-results"
      title={t('nothing')}
      actions={
        <>
          {filtered && <Button onClick={clear}>{t('clear')}</Button>}
          <ButtonLink to="/search" look={filtered ? 'secondary' : 'primary'}>
            {t('toAll')}
          </ButtonLink>
        </>
      }
    >
      {t(filtered ? 'nothingFiltered' : filters.q ? 'nothingFound' : 'nothingHere')}
    </Notice>
  )
}
