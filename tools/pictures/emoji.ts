/** Cuts emojis out, and dyes them as the picture asks. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

/** One thing in a picture. */
export interface Thing {
  emoji: string
  /** Degrees by which all its colours turn on the colour wheel. */
  hue: number
  /** The one colour that it is dyed in; light and shade stay. */
  tint: string | null
  /** 1 changes nothing. */
  light: number
  /** Degrees, clockwise. */
  turn: number
  /** Factor on the size that its place in the picture gives it. */
  size: number
  flip: boolean
  /** Whether it hangs in the air instead of standing on the ground. */
  above: boolean
}

export interface Cutout {
  /** PNG, cropped to the visible part. */
  image: Buffer
  width: number
  height: number
  /** Where it touches the ground, in pixels from its left edge. */
  foot: { from: number; to: number }
}

const ASSETS = join(dirname(fileURLToPath(import.meta.resolve('@lobehub/fluent-emoji-3d/package.json'))), 'assets')
const CLEAR = { r: 0, g: 0, b: 0, alpha: 0 }

/** For images that are decoded again at once. */
export const QUICK = { compressionLevel: 0 }

/** Reads `🧴:tint=#7d9a63,turn=-8 🌿:above`: emojis, each with its options. */
export function readThings(text: string): Thing[] {
  return text.split(' ').map(readThing)
}

export function readThing(text: string): Thing {
  const [emoji = '', options = ''] = text.split(':')
  const thing: Thing = { emoji, hue: 0, tint: null, light: 1, turn: 0, size: 1, flip: false, above: false }
  for (const option of options.split(',').filter(Boolean)) {
    const [name = '', value = ''] = option.split('=')
    if (name === 'flip' || name === 'above') thing[name] = true
    else if (name === 'tint') thing.tint = value
    else if (name === 'hue' || name === 'light' || name === 'turn' || name === 'size') thing[name] = Number(value)
    else throw new Error(`"${text}" has the unknown option ${name}`)
  }
  return thing
}

/** Scales by area, within bounds, so that round, long and wide things look equally large. */
export async function cutOut(thing: Thing, room: number): Promise<Cutout> {
  let image = sharp(fileOf(thing.emoji)).ensureAlpha()
  if (thing.tint) image = image.tint(thing.tint)
  image = image.modulate({ hue: thing.hue, brightness: thing.light })
  if (thing.flip) image = image.flop()
  const turned = await image.rotate(thing.turn, { background: CLEAR }).png(QUICK).toBuffer()
  const trimmed = await sharp(turned)
    .trim({ background: CLEAR, threshold: 8 })
    .png(QUICK)
    .toBuffer({ resolveWithObject: true })
  const { width: w, height: h } = trimmed.info
  const scale = Math.min(room / Math.sqrt(w * h), (room * 1.15) / Math.max(w, h)) * thing.size
  const { data, info } = await sharp(trimmed.data)
    .resize(Math.round(w * scale), Math.round(h * scale), { kernel: 'lanczos3', fit: 'fill' })
    .sharpen({ sigma: 0.8 })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const raw = { width: info.width, height: info.height, channels: 4 as const }
  return {
    ...raw,
    image: await sharp(data, { raw }).png(QUICK).toBuffer(),
    foot: footOf(data, info.width, info.height),
  }
}

function footOf(pixels: Buffer, width: number, height: number): Cutout['foot'] {
  let [from, to] = [width, 0]
  for (let y = Math.floor(height * 0.93); y < height; y++)
    for (let x = 0; x < width; x++) {
      if ((pixels[(y * width + x) * 4 + 3] as number) < 128) continue
      from = Math.min(from, x)
      to = Math.max(to, x)
    }
  return from < to ? { from, to } : { from: width * 0.3, to: width * 0.7 }
}

/** Files are named by code points, some with and some without the selector for the coloured form. */
function fileOf(emoji: string): string {
  const points = [...emoji].map((character) => (character.codePointAt(0) as number).toString(16))
  const plain = points.filter((point) => point !== 'fe0f')
  const names = [points, plain, [...plain, 'fe0f']].map((parts) => join(ASSETS, `${parts.join('-')}.webp`))
  const file = names.find((name) => existsSync(name))
  if (!file) throw new Error(`There is no picture of ${emoji}`)
  return file
}
