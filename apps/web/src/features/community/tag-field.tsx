import { type KeyboardEvent, useRef } from 'react'
import { useMessages } from '../../language/language.ts'
import { TextField } from '../../ui/field.tsx'
import { X } from '../../ui/icons.ts'
import { withTags } from './drafts.ts'
import { formMessages } from './form-messages.ts'

export interface TagFieldProps {
  tags: string[]
  onChange: (tags: string[]) => void
  /** Text in the field that is not a tag yet. */
  typed: string
  onType: (typed: string) => void
}

export function TagField({ tags, onChange, typed, onType }: TagFieldProps) {
  const t = useMessages(formMessages)
  const field = useRef<HTMLInputElement>(null)
  const add = (event: KeyboardEvent<HTMLInputElement>) => {
    // While an input method composes a syllable, Enter completes the syllable.
    if ((event.key !== 'Enter' && event.key !== ',') || event.nativeEvent.isComposing) return
    event.preventDefault()
    onChange(withTags(tags, typed))
    onType('')
  }
  const remove = (tag: string) => {
    onChange(tags.filter((other) => other !== tag))
    field.current?.focus()
  }
  return (
    <div>
      <TextField
        ref={field}
        label={t('tagList')}
        hint={t('tagHelp')}
        placeholder={t('tagHint')}
        maxLength={60}
        autoComplete="off"
        enterKeyHint="done"
        value={typed}
        onChange={(event) => onType(event.target.value)}
        onKeyDown={add}
      />
      <ul className="tag-list mt-3 flex flex-wrap gap-2" aria-live="polite">
        {tags.map((tag) => (
          <li key={tag} className="tag-default tag-pill flex items-center rounded-full bg-sunken pl-4">
            {tag}
            <button
              type="button"
              aria-label={t('removeTag', { tag })}
              onClick={() => remove(tag)}
              className="grid size-11 place-items-center rounded-full text-muted hover:text-alert"
            >
              <i className="ion-close-round">
                <X className="size-4" aria-hidden />
              </i>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
