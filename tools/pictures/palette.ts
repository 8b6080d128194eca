/** Background colours: six paper tones for each department, quiet enough for a light and a dark theme. */

export type Tone = string

const TONES = {
  food: ['#f5e6cb', '#dbe7cc', '#f8d9c6', '#f8e7b2', '#f4d2cc', '#d3e8dc'],
  beauty: ['#f6dade', '#e5ddf2', '#f4e7da', '#dce8d6', '#f9dccb', '#d8e6f2'],
  digital: ['#dae3ee', '#d8ddf5', '#ebe4d9', '#d0e6e8', '#e3dcef', '#f1dfd6'],
  fashion: ['#eee1cf', '#f0d7d3', '#d9e3d1', '#e2dbee', '#d2deee', '#f4e6c1'],
  hobby: ['#cbe4f5', '#fbe5a8', '#cceada', '#fad2c5', '#e0d6f4', '#f8d4df'],
  kitchen: ['#f2d8c6', '#d0e3d9', '#f3e8d3', '#dfe1dd', '#d3e0ee', '#f3e0ab'],
  living: ['#eee6d8', '#dadbec', '#d9e2cb', '#f0d7c6', '#dbe5e8', '#f0dbd8'],
  outdoor: ['#cce4d2', '#c9e2f2', '#f3e4c0', '#f9d5bd', '#c7e2e4', '#dddfd8'],
} as const

export type DepartmentSlug = keyof typeof TONES

/** Cycles through the tones, so that neighbours differ. */
export function toneOf(department: DepartmentSlug, index: number): Tone {
  const tones = TONES[department]
  return tones[index % tones.length] as Tone
}

/** Returns a colour between two others; `share` is that of the second one. */
export function mix(one: Tone, other: Tone, share: number): Tone {
  const [a, b] = [channels(one), channels(other)]
  const mixed = a.map((value, index) => Math.round(value + ((b[index] as number) - value) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

export const lighter = (tone: Tone, share: number) => mix(tone, '#ffffff', share)

/** Mixes with a warm black, because shadows in pure black look dirty on coloured paper. */
export const darker = (tone: Tone, share: number) => mix(tone, '#3a2a2e', share)

function channels(tone: Tone): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(tone.slice(at, at + 2), 16))
}
