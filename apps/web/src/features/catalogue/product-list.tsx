import { useRef, useState } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { SlidersHorizontal } from '../../ui/icons.ts'
import { onDemand } from '../../ui/on-demand.tsx'
import { ActiveFilters } from './active-filters.tsx'
import type { List } from './api/products.ts'
import { FilterPanel } from './filter-panel.tsx'
import { countActive, SORTS, type Sort } from './filters.ts'
import { catalogueMessages } from './messages.ts'
import { Results } from './results.tsx'
import { useFilters } from './use-filters.ts'

const FilterDrawer = onDemand(() => import('./filter-drawer.tsx'), 'FilterDrawer')

export interface ProductListProps {
  list: List
  /** The category whose brands are offered, undefined for all. Without this property, no brands are offered. */
  brandsOf?: string | undefined
}

/** Products with filters and order: beside the list where there is room, else in a drawer. */
export function ProductList(props: ProductListProps) {
  const t = useMessages(catalogueMessages)
  const results = useRef<HTMLElement>(null)
  const panel = <FilterPanel withBrands={'brandsOf' in props} brandsOf={props.brandsOf} />
  return (
    <div className="mt-4 lg:grid lg:grid-cols-[14rem_1fr] lg:gap-12">
      <aside
        aria-label={t('filters')}
        className="sticky top-32 hidden max-h-[calc(100dvh-9rem)] self-start overflow-y-auto p-1 lg:block"
      >
        {panel}
      </aside>
      <section ref={results} tabIndex={-1} aria-label={t('products')} className="min-w-0 outline-none">
        <div className="mb-5 flex min-h-11 items-center justify-between gap-3">
          <DrawerButton>{panel}</DrawerButton>
          <SortField />
        </div>
        <ActiveFilters brandsOf={props.brandsOf} onRemoved={() => results.current?.focus({ preventScroll: true })} />
        <Results list={props.list} />
      </section>
    </div>
  )
}

function DrawerButton({ children }: { children: React.ReactNode }) {
  const t = useMessages(catalogueMessages)
  const { filters } = useFilters()
  const [open, setOpen] = useState(false)
  const [wanted, setWanted] = useState(false)
  const count = countActive(filters)
  const show = () => {
    setWanted(true)
    setOpen(true)
  }
  return (
    <>
      <Button look="secondary" onClick={show} aria-haspopup="dialog" className="lg:hidden">
        <SlidersHorizontal className="size-4" aria-hidden />
        {t('filters')}
        {count > 0 && (
          <span className="grid size-5 place-items-center rounded-full bg-brand text-xs font-bold text-on-brand">
            <span aria-hidden>{count}</span>
            <span className="sr-only">{t('inUse', { count })}</span>
          </span>
        )}
      </Button>
      {wanted && (
        <FilterDrawer open={open} onClose={() => setOpen(false)}>
          {children}
        </FilterDrawer>
      )}
    </>
  )
}

function SortField() {
  const t = useMessages(catalogueMessages)
  const { filters, change } = useFilters()
  return (
    <SelectField
      label={t('sort')}
      labelHidden
      value={filters.sort ?? 'popular'}
      onChange={({ target: { value } }) => change({ sort: value === 'popular' ? undefined : (value as Sort) })}
      className="ml-auto"
    >
      {SORTS.map((sort) => (
        <option key={sort} value={sort}>
          {t(sort)}
        </option>
      ))}
    </SelectField>
  )
}
