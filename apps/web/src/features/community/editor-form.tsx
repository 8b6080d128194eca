import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Banner } from '../../ui/states.tsx'
import { usePublish } from './api/articles.ts'
import { BodyField } from './body-field.tsx'
import { type Content, forgetDraft, withTags } from './drafts.ts'
import { at } from './edition.ts'
import { ErrorMessages } from './error-messages.tsx'
import { formMessages } from './form-messages.ts'
import { TagField } from './tag-field.tsx'
import { useDraft } from './use-draft.ts'
import { useErrorLines } from './use-error-lines.ts'

export interface EditorFormProps {
  /** Slug of the article to change. */
  slug?: string
  content: Content
  /** When the article was last changed. */
  of?: string
}

const REQUIRED_FIELDS = ['title', 'description', 'body'] as const

export function EditorForm({ slug, content: published, of }: EditorFormProps) {
  const t = useMessages(formMessages)
  const linesOf = useErrorLines()
  const navigate = useNavigate()
  const name = slug ?? 'new'
  const draft = useDraft(name, published, of)
  const { content, restored, discard } = draft
  const [tag, setTag] = useState('')
  const [blank, setBlank] = useState<(typeof REQUIRED_FIELDS)[number][]>([])
  const { mutate, isPending, error, reset } = usePublish(slug)
  // Hides the errors once the author corrects the text.
  const change: typeof draft.change = (part) => {
    if (error) reset()
    draft.change(part)
  }
  const stillBlank = blank.filter((field) => !content[field].trim())
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const missing = REQUIRED_FIELDS.filter((field) => !content[field].trim())
    setBlank(missing)
    if (missing.length > 0) return
    mutate({ ...content, tagList: withTags(content.tagList, tag) }, { onSuccess: leave })
  }
  const leave = (article: { slug: string }) => {
    forgetDraft(name)
    navigate({ to: at('/article/$slug'), params: { slug: article.slug } })
  }
  const refused = error ? linesOf(error) : []
  return (
    <form noValidate onSubmit={submit} className="space-y-5">
      {restored && <DraftBanner onDiscard={discard} />}
      <ErrorMessages lines={stillBlank.length > 0 ? stillBlank.map((field) => t(`blank_${field}`)) : refused} />
      <TextField
        label={t('title')}
        name="title"
        placeholder={t('titleHint')}
        maxLength={200}
        autoComplete="off"
        value={content.title}
        onChange={(event) => change({ title: event.target.value })}
      />
      <TextField
        label={t('description')}
        name="description"
        placeholder={t('descriptionHint')}
        maxLength={500}
        autoComplete="off"
        value={content.description}
        onChange={(event) => change({ description: event.target.value })}
      />
      <BodyField value={content.body} onChange={(body) => change({ body })} />
      <TagField tags={content.tagList} typed={tag} onType={setTag} onChange={(tagList) => change({ tagList })} />
      <div className="flex flex-wrap items-center justify-end gap-4">
        <p className="mr-auto text-sm text-muted">{t('draftKept')}</p>
        <Button type="submit" size="large" busy={isPending} className="btn btn-primary">
          {t('publish')}
        </Button>
      </div>
    </form>
  )
}

function DraftBanner({ onDiscard }: { onDiscard: () => void }) {
  const t = useMessages(formMessages)
  return (
    <Banner role="status">
      <div className="flex flex-wrap items-center justify-between gap-2">
        {t('draftBack')}
        <button type="button" onClick={onDiscard} className="min-h-11 px-2 font-semibold underline underline-offset-4">
          {t('discardDraft')}
        </button>
      </div>
    </Banner>
  )
}
