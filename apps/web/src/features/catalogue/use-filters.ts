import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Filters, readFilters, tidy } from './filters.ts'

type Change = { [K in keyof Filters]?: Filters[K] | undefined }

/** The filters in the address, and a function that changes some of them: `change({ brand: undefined })` removes one. */
export function useFilters(): { filters: Filters; change: (change: Change) => void } {
  const filters = readFilters(useSearch({ strict: false }))
  const navigate = useNavigate()
  const change = (next: Change) => {
    navigate({ to: '.', search: (before) => tidy({ ...before, ...next }) })
  }
  return { filters, change }
}
