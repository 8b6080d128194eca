import { useId, useState } from 'react'
import { useMessages } from '../../language/language.ts'
import { onDemand } from '../../ui/on-demand.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { formMessages } from './form-messages.ts'

const ArticleContent = onDemand(() => import('./article-content.tsx'), 'ArticleContent', Coming)

export interface BodyFieldProps {
  value: string
  onChange: (body: string) => void
}

/** The text of an article: as source, or as a preview. */
export function BodyField({ value, onChange }: BodyFieldProps) {
  const t = useMessages(formMessages)
  const id = useId()
  const [previewed, preview] = useState(false)
  return (
    <div>
      <div className="mb-1.5 flex items-center justify-between">
        <label htmlFor={id} className="text-sm font-semibold">
          {t('body')}
        </label>
        <div className="flex rounded-full bg-sunken p-1">
          <Mode label={t('write')} chosen={!previewed} onChoose={() => preview(false)} />
          <Mode label={t('preview')} chosen={previewed} onChoose={() => preview(true)} />
        </div>
      </div>
      <textarea
        id={id}
        name="body"
        hidden={previewed}
        rows={18}
        maxLength={100_000}
        placeholder={t('bodyHint')}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="block w-full resize-y rounded-2xl border border-field-line bg-surface px-5 py-4 text-lg leading-relaxed placeholder:text-muted"
      />
      {previewed && (
        <div className="min-h-128 rounded-2xl border border-line bg-surface px-5 py-6 sm:px-8">
          {value.trim() ? <ArticleContent markdown={value} /> : <p className="text-muted">{t('nothingToPreview')}</p>}
        </div>
      )}
    </div>
  )
}

function Mode({ label, chosen, onChoose }: { label: string; chosen: boolean; onChoose: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onChoose}
      className="min-h-10 rounded-full px-4 text-sm font-semibold text-muted aria-pressed:bg-surface aria-pressed:text-ink"
    >
      {label}
    </button>
  )
}

function Coming() {
  return <Skeleton className="h-40 w-full" />
}
