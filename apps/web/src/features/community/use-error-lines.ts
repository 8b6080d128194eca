import { useCallback } from 'react'
import { errorMessages } from '../../api/error-messages.ts'
import { isOffline, isRefusal } from '../../api/errors.ts'
import { useExplain } from '../../api/use-explain.ts'
import { useLanguage, useMessages } from '../../language/language.ts'
import { formMessages, isKnownField } from './form-messages.ts'

/** Explains the API's refusal, one line for each error. */
export function useErrorLines(): (error: unknown) => string[] {
  const t = useMessages(formMessages)
  const language = useLanguage()
  const explain = useExplain()
  return useCallback(
    (error) => {
      if (!isRefusal(error)) return [isOffline(error) ? t('unableToConnect') : explain(error).text]
      const { code, errors = {} } = error
      // The API's field messages are in English.
      const inWords = (field: string, messages: string[]) =>
        language === 'ko' && code === 'validation_failed' && isKnownField(field)
          ? [t(`wrong_${field}`)]
          : messages.map((message) => `${field} ${message}`)
      const lines = Object.entries(errors).flatMap(([field, messages]) => inWords(field, messages))
      const isExplained = code in errorMessages.ko && code !== 'validation_failed'
      return isExplained || lines.length === 0 ? [explain(error).text] : lines
    },
    [t, language, explain],
  )
}
