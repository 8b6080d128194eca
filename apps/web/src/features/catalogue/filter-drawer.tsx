import type { ReactNode } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { catalogueMessages } from './messages.ts'

/** The filters on screens without room beside the list. A choice applies at once to the list behind the drawer. */
export function FilterDrawer(props: { open: boolean; onClose: () => void; children: ReactNode }) {
  const t = useMessages(catalogueMessages)
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t('filters')}>
      {props.children}
      <div className="sticky -bottom-6 -mx-6 -mb-6 bg-surface px-6 pt-3 pb-6">
        <Button size="large" onClick={props.onClose} className="w-full">
          {t('showProducts')}
        </Button>
      </div>
    </Dialog>
  )
}
