import { useMessages } from '../../language/language.ts'
import { SelectField, TextField } from '../../ui/field.tsx'
import { type Delivery, NOTES } from './delivery.ts'
import { checkoutMessages } from './messages.ts'

export interface NoteChoiceProps {
  delivery: Delivery
  change: (part: Partial<Delivery>) => void
}

/** The note to the courier: one of the usual ones, or the buyer's own. */
export function NoteChoice({ delivery, change }: NoteChoiceProps) {
  const t = useMessages(checkoutMessages)
  return (
    <div className="mt-6 space-y-4 border-t border-line pt-5">
      <SelectField
        label={t('note')}
        value={delivery.note}
        onChange={({ target }) => change({ note: target.value as Delivery['note'] })}
      >
        {NOTES.map((note) => (
          <option key={note} value={note}>
            {t(note)}
          </option>
        ))}
      </SelectField>
      {delivery.note === 'note_own' && (
        <TextField
          label={t('noteOwn')}
          maxLength={500}
          value={delivery.ownNote}
          onChange={({ target }) => change({ ownNote: target.value })}
        />
      )}
    </div>
  )
}
