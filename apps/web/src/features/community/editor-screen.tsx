import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useMessages } from '../../language/language.ts'
import { Page } from '../../ui/page.tsx'
import { Failed, Skeleton, Waiting } from '../../ui/states.tsx'
import { articleQuery } from './api/articles.ts'
import { EMPTY } from './drafts.ts'
import { EditorForm } from './editor-form.tsx'
import { formMessages } from './form-messages.ts'
import { MembersOnly } from './members-only.tsx'

/** The screen for writing or changing an article. */
export function EditorScreen() {
  const t = useMessages(formMessages)
  const { slug } = useParams({ strict: false })
  const title = slug ? t('editArticle') : t('newArticle')
  return (
    <div className="editor-page">
      <Page title={title} width="text">
        <h1 className="mb-6 text-3xl font-extrabold">{title}</h1>
        <MembersOnly>
          {slug ? <Existing key={slug} slug={slug} /> : <EditorForm key="new" content={EMPTY} />}
        </MembersOnly>
      </Page>
    </div>
  )
}

function Existing({ slug }: { slug: string }) {
  const { data: article, error, refetch } = useQuery(articleQuery(slug))
  if (article) return <EditorForm slug={slug} content={article} of={article.updatedAt} />
  if (error) return <Failed error={error} onRetry={refetch} />
  return (
    <Waiting>
      <Skeleton className="mb-5 h-18 w-full" />
      <Skeleton className="mb-5 h-18 w-full" />
      <Skeleton className="mb-5 h-128 w-full" />
      <Skeleton className="mb-5 h-18 w-full" />
    </Waiting>
  )
}
