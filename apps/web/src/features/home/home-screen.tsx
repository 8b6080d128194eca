import { useMessages } from '../../language/language.ts'
import { Page } from '../../ui/page.tsx'
import { newestQuery, popularQuery } from './api/home.ts'
import { Departments } from './departments.tsx'
import { homeMessages } from './messages.ts'
import { ProductShelf } from './product-shelf.tsx'
import { Stories } from './stories.tsx'
import { Welcome } from './welcome.tsx'

export function HomeScreen() {
  const t = useMessages(homeMessages)
  return (
    <Page title={t('title')}>
      <div className="space-y-14 sm:space-y-20">
        <Welcome />
        <Departments />
        <ProductShelf title={t('popular')} query={popularQuery} sort="popular" />
        <Stories />
        <ProductShelf title={t('newest')} query={newestQuery} sort="newest" />
      </div>
    </Page>
  )
}
