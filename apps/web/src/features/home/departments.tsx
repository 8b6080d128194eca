import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { Picture } from '../../ui/picture.tsx'
import { Failed, Skeleton, Waiting } from '../../ui/states.tsx'
import { categoriesQuery } from '../catalogue/api/categories.ts'
import { homeMessages } from './messages.ts'

const GRID = 'grid grid-cols-4 gap-x-3 gap-y-6 sm:gap-x-6 lg:grid-cols-8'

/** Categories as pictures. */
export function Departments() {
  const t = useMessages(homeMessages)
  return (
    <section>
      <h2 className="mb-6 text-2xl font-bold">{t('categories')}</h2>
      <Pictures />
    </section>
  )
}

function Pictures() {
  const { text } = useFormat()
  const { data: departments, error, refetch } = useQuery(categoriesQuery)
  if (!departments && !error) return <PicturesSkeleton />
  if (!departments) return <Failed error={error} onRetry={refetch} />
  return (
    <ul className={GRID}>
      {departments.map(({ slug, name }) => (
        <li key={slug}>
          <Link to="/categories/$slug" params={{ slug }} className="group block rounded-3xl text-center">
            <Picture
              src={`/pictures/categories/${slug}.avif`}
              alt=""
              sizes="(min-width: 1024px) 120px, 22vw"
              first
              className="rounded-3xl [&>img]:transition-transform [&>img]:duration-500 group-hover:[&>img]:scale-105"
            />
            <span className="mt-2.5 block text-sm leading-snug font-medium group-hover:underline group-hover:underline-offset-4 sm:text-base">
              {text(name)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

function PicturesSkeleton() {
  return (
    <Waiting>
      <div className={GRID}>
        {Array.from({ length: 8 }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the items are all alike
          <div key={index}>
            <Skeleton className="aspect-square rounded-3xl" />
            <Skeleton className="mx-auto mt-3 h-5 w-2/3" />
          </div>
        ))}
      </div>
    </Waiting>
  )
}
