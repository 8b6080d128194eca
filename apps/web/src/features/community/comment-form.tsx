import { type FormEvent, useState } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { useAddComment } from './api/comments.ts'
import type { Me } from './api/me.ts'
import { forgetDraft, keepDraft, readDraft } from './drafts.ts'
import { ErrorMessages } from './error-messages.tsx'
import { MemberPicture } from './member-picture.tsx'
import { communityMessages } from './messages.ts'
import { useErrorLines } from './use-error-lines.ts'

/** The form for a comment. Its text survives a reload and an ended session. */
export function CommentForm({ slug, me }: { slug: string; me: Me }) {
  const t = useMessages(communityMessages)
  const linesOf = useErrorLines()
  const draft = `comment.${slug}`
  const [body, setBody] = useState(() => readDraft(draft, { body: '' })?.body ?? '')
  const { mutate, error, reset } = useAddComment(slug, me)
  const write = (text: string) => {
    setBody(text)
    if (text) keepDraft(draft, { body: text })
    else forgetDraft(draft)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!body.trim()) return
    write('')
    mutate(body, { onError: () => write(body) })
  }
  return (
    <>
      <ErrorMessages lines={error ? linesOf(error) : []} />
      <form
        onSubmit={submit}
        className="card comment-form mt-3 overflow-hidden rounded-3xl border border-line bg-surface focus-within:border-field-line"
      >
        <textarea
          aria-label={t('writeComment')}
          placeholder={t('writeComment')}
          value={body}
          onChange={(event) => {
            reset()
            write(event.target.value)
          }}
          maxLength={10_000}
          rows={3}
          className="block w-full resize-y bg-transparent px-5 py-4 text-base -outline-offset-3 placeholder:text-muted"
        />
        <div className="flex items-center justify-between border-t border-line px-4 py-3">
          <MemberPicture src={me.image} size={36} className="comment-author-img" />
          <Button type="submit" size="small" className="btn btn-sm btn-primary min-h-11!">
            {t('postComment')}
          </Button>
        </div>
      </form>
    </>
  )
}
