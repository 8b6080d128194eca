import type { NewReport } from '@doran/article/contract'
import type { Static } from '@doran/kernel/contract'
import type { FormEvent } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextArea } from '../../ui/field.tsx'
import { toast } from '../../ui/toasts.ts'
import { type Reported, useReport } from './api/reports.ts'
import { ErrorMessages } from './error-messages.tsx'
import { communityMessages } from './messages.ts'
import { useErrorLines } from './use-error-lines.ts'

type Reason = Static<typeof NewReport>['reason']
const REASONS: readonly Reason[] = ['spam', 'abuse', 'illegal', 'other']

/** Reports an article or a comment to the moderators. */
export function ReportDialog({ what, onClose }: { what: Reported; onClose: () => void }) {
  const t = useMessages(communityMessages)
  const linesOf = useErrorLines()
  const { mutate, isPending, error } = useReport(what)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const report = { reason: form.get('reason') as Reason, note: String(form.get('note')).trim() }
    const close = () => {
      onClose()
      toast(t('reported'))
    }
    mutate(report, { onSuccess: close })
  }
  const title = what.commentId === undefined ? t('reportArticle') : t('reportComment')
  return (
    <Dialog open onClose={onClose} title={title} description={t('reportText')}>
      <form onSubmit={submit} className="space-y-4">
        <fieldset>
          <legend className="mb-1 text-sm font-semibold">{t('reason')}</legend>
          {REASONS.map((reason, index) => (
            <label key={reason} className="flex min-h-11 cursor-pointer items-center gap-3">
              <input
                type="radio"
                name="reason"
                value={reason}
                defaultChecked={index === 0}
                className="size-5 accent-brand"
              />
              {t(reason)}
            </label>
          ))}
        </fieldset>
        <TextArea label={t('note')} name="note" maxLength={500} rows={3} />
        <ErrorMessages lines={error ? linesOf(error) : []} />
        <Button type="submit" busy={isPending} className="w-full">
          {t('sendReport')}
        </Button>
      </form>
    </Dialog>
  )
}
