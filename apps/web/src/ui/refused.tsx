import { useExplain } from '../api/use-explain.ts'
import { Banner } from './states.tsx'
import { toast } from './toasts.ts'

/** Why something was refused, inside the page and announced at once; nothing without an error. */
export function Refused({ error }: { error: unknown }) {
  const explain = useExplain()
  if (!error) return null
  return (
    <Banner tone="failure" role="alert">
      {explain(error).text}
    </Banner>
  )
}

/** Shows in a toast why something has failed. */
export function useFailureToast(): (error: unknown) => void {
  const explain = useExplain()
  return (error) => {
    const { title, text } = explain(error)
    toast(title, { tone: 'failure', description: text })
  }
}
