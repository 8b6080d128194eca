/** Estimates the reading time, by words in languages with spaces and by characters in syllabic scripts. */
export function minutesToRead(markdown: string): number {
  const syllables = markdown.match(/[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)
  const words = markdown.match(/[\p{Script=Latin}\p{Script=Cyrillic}\d]+/gu)
  return Math.max(1, Math.round((syllables?.length ?? 0) / 500 + (words?.length ?? 0) / 230))
}
