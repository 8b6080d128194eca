import { useState } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Flag } from '../../ui/icons.ts'
import { onDemand } from '../../ui/on-demand.tsx'
import type { Reported } from './api/reports.ts'
import { communityMessages } from './messages.ts'
import { useAsMember } from './use-as-member.ts'

const ReportDialog = onDemand(() => import('./report-dialog.tsx'), 'ReportDialog')

export function ReportButton({ what }: { what: Reported }) {
  const t = useMessages(communityMessages)
  const asMember = useAsMember()
  const [open, setOpen] = useState(false)
  const ofComment = what.commentId !== undefined
  return (
    <>
      <Button
        look="quiet"
        size="small"
        className={`min-h-11! text-muted ${ofComment ? 'w-11 px-0!' : ''}`}
        onClick={() => asMember(() => setOpen(true))}
        aria-label={ofComment ? t('reportComment') : t('reportArticle')}
      >
        <Flag className="size-4" aria-hidden />
        {!ofComment && t('report')}
      </Button>
      {open && <ReportDialog what={what} onClose={() => setOpen(false)} />}
    </>
  )
}
