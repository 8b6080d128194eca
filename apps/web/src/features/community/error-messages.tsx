export interface ErrorMessagesProps {
  /** Without any, nothing is shown. */
  lines: readonly string[]
}

/** Why a form was refused. Screen readers announce it at once. */
export function ErrorMessages({ lines }: ErrorMessagesProps) {
  if (lines.length === 0) return null
  return (
    <ul
      role="alert"
      className="error-messages list-none space-y-1 rounded-2xl bg-alert-soft px-4 py-3 font-medium text-alert"
    >
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}
