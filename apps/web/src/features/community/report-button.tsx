import { lazy, Suspense, useState } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Flag } from '../../ui/icons.ts'
import type { Reported } from './api/reports.ts'
import { communityMessages } from './messages.ts'
import { useAsMember } from './use-as-member.ts'

const ReportDialog = lazy(async () => ({ default: (await import('./report-dialog.tsx')).ReportDialog }))

export function ReportButton({ what }: { what: Reported }) {
  const t = useMessages(communityMessages)
  const asMember = useAsMember()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        look="quiet"
        size="small"
        className="min-h-11! text-muted"
        onClick={() => asMember(() => setOpen(true))}
        aria-label={what.commentId === undefined ? t('reportArticle') : t('reportComment')}
      >
        <Flag className="size-4" aria-hidden />
        {t('report')}
      </Button>
      <Suspense>{open && <ReportDialog what={what} onClose={() => setOpen(false)} />}</Suspense>
    </>
  )
}
