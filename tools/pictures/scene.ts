/** Places things on a background with shadows. Lengths are shares of the picture's edge. */
import sharp from 'sharp'
import { type Cutout, cutOut, QUICK, type Thing } from './emoji.ts'
import { darker, lighter, type Tone } from './palette.ts'

/** Pixels at which everything is drawn before it is scaled down. */
export const EDGE = 800

interface Place {
  /** Horizontal centre. */
  x: number
  /** Height of the ground below the thing. */
  ground: number
  room: number
}

interface Placed {
  cutout: Cutout
  left: number
  top: number
  above: boolean
}

/** Draws one large thing in the middle, perhaps with small ones beside it. */
export async function drawObject(things: Thing[], tone: Tone): Promise<Buffer> {
  const beside = things.slice(1).filter(({ above }) => !above).length
  const main = place(beside === 1 ? 0.455 : 0.5, 0.77, beside === 0 ? 0.55 : 0.51)
  const standing = [place(0.745, 0.81, 0.25), place(0.235, 0.81, 0.23)]
  const hanging = [place(0.79, 0.34, 0.18), place(0.21, 0.32, 0.15)]
  return paint(backdrop(tone), await arrange(things, main, standing, hanging), shadeOf(tone))
}

/** Draws the thing among others, on a floor before a paper shape. Every second scene is mirrored. */
export async function drawScene(things: Thing[], tone: Tone, index: number): Promise<Buffer> {
  const side = (x: number) => (index % 2 === 0 ? x : 1 - x)
  const main = place(side(0.44), 0.79, 0.46)
  const standing = [place(side(0.77), 0.84, 0.27), place(side(0.165), 0.86, 0.2), place(side(0.56), 0.91, 0.17)]
  const hanging = [place(side(0.79), 0.36, 0.19), place(side(0.17), 0.33, 0.15)]
  return paint(stage(tone, index), await arrange(things, main, standing, hanging), shadeOf(tone))
}

/** Draws a large thing in the middle that fits completely into a circle. */
export async function drawPortrait(thing: Thing, tone: Tone): Promise<Buffer> {
  const face = await cutOut(thing, EDGE * 0.6)
  const [left, top] = [(EDGE - face.width) / 2, (EDGE - face.height) / 2]
  return paint(backdrop(tone), [{ cutout: face, left, top, above: true }], shadeOf(tone))
}

/**
 * Draws on a transparent background, for pages of any colour. Only a black shadow shows on light pages without glowing
 * on dark ones.
 */
export async function drawSticker(things: Thing[]): Promise<Buffer> {
  const main = place(things.length > 1 ? 0.46 : 0.5, 0.83, 0.6)
  const standing = [place(0.79, 0.87, 0.3), place(0.17, 0.88, 0.24)]
  const hanging = [place(0.82, 0.34, 0.22), place(0.16, 0.32, 0.19)]
  return paint('', await arrange(things, main, standing, hanging), '#000000')
}

function place(x: number, ground: number, room: number): Place {
  return { x, ground, room }
}

async function arrange(things: Thing[], main: Place, standing: Place[], hanging: Place[]): Promise<Placed[]> {
  const places = [standing.values(), hanging.values()] as const
  const placed: Placed[] = []
  for (const [index, thing] of things.entries()) {
    const { x, ground, room } = index === 0 ? main : (places[thing.above ? 1 : 0].next().value as Place)
    const cutout = await cutOut(thing, room * EDGE)
    const lift = index === 0 ? Math.max(0, (room * EDGE - cutout.height) * 0.35) : 0
    placed.push({
      cutout,
      above: thing.above,
      left: x * EDGE - cutout.width / 2,
      top: ground * EDGE - cutout.height - lift,
    })
  }
  return placed
}

async function paint(background: string, placed: Placed[], shade: Tone): Promise<Buffer> {
  const layers = [{ input: svg(background), left: 0, top: 0 }]
  // Without a background there is no wall for a shadow.
  if (background) for (const one of placed) layers.push(await castShadow(one, shade))
  const spots = placed.filter(({ above }) => !above).map(contactShadow)
  layers.push({ input: svg(`${spotGradient(shade)}${spots.join('')}`), left: 0, top: 0 })
  for (const { cutout, left, top } of placed)
    layers.push({ input: cutout.image, left: Math.round(left), top: Math.round(top) })
  const blank = { width: EDGE, height: EDGE, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } }
  const image = await sharp({ create: blank }).composite(layers).png(QUICK).toBuffer()
  return background ? sharp(image).removeAlpha().png(QUICK).toBuffer() : image
}

function shadeOf(tone: Tone): Tone {
  return darker(tone, 0.78)
}

function spotGradient(shade: Tone): string {
  const stop = ([offset, opacity]: [number, number]) =>
    `<stop offset="${offset}" stop-color="${shade}" stop-opacity="${opacity}"/>`
  const falloff: [number, number][] = [
    [0, 1],
    [0.3, 0.8],
    [0.55, 0.42],
    [0.8, 0.1],
    [1, 0],
  ]
  return `<radialGradient id="spot">${falloff.map(stop).join('')}</radialGradient>`
}

/** Returns the shadow on the wall behind, from light above. */
async function castShadow({ cutout, left, top }: Placed, shade: Tone) {
  const margin = 64
  const outline = await sharp(cutout.image)
    .extend({ top: margin, bottom: margin, left: margin, right: margin, background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .extractChannel('alpha')
    .blur(20)
    .toBuffer()
  const size = { width: cutout.width + 2 * margin, height: cutout.height + 2 * margin, channels: 3 as const }
  const input = await sharp({ create: { ...size, background: shade } })
    .joinChannel(outline)
    .png(QUICK)
    .toBuffer()
  return cropped(input, size, Math.round(left) - margin + 6, Math.round(top) - margin + 24)
}

/** Returns the part of a layer that lies inside the picture. */
async function cropped(input: Buffer, { width, height }: { width: number; height: number }, left: number, top: number) {
  const [x, y] = [Math.max(0, -left), Math.max(0, -top)]
  const inside = { left: x, top: y, width: Math.min(width, EDGE - left) - x, height: Math.min(height, EDGE - top) - y }
  return { input: await sharp(input).extract(inside).toBuffer(), left: left + x, top: top + y }
}

/** Draws two soft spots where the thing stands: a wide one, and a dark one close to it. */
function contactShadow({ cutout, left, top }: Placed): string {
  const { from, to } = cutout.foot
  const width = Math.max(to - from, cutout.width * 0.3)
  const [x, y] = [left + (from + to) / 2, top + cutout.height - 3]
  const spot = (rx: number, ry: number, opacity: number) =>
    `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="url(#spot)" opacity="${opacity}"/>`
  return spot(width * 0.72 + 14, width * 0.1 + 20, 0.4) + spot(width * 0.54 + 6, width * 0.045 + 9, 0.55)
}

/** Draws a sheet of paper that bends from wall to floor, with a light on the wall. */
function backdrop(tone: Tone): string {
  return `<defs>
      <linearGradient id="paper" x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" stop-color="${lighter(tone, 0.12)}"/><stop offset="0.6" stop-color="${tone}"/>
        <stop offset="0.76" stop-color="${darker(tone, 0.045)}"/><stop offset="1" stop-color="${lighter(tone, 0.1)}"/>
      </linearGradient>
      <radialGradient id="light" cx="0.5" cy="0.42" r="0.55">
        <stop offset="0" stop-color="#fff" stop-opacity="0.6"/><stop offset="1" stop-color="#fff" stop-opacity="0"/>
      </radialGradient>
    </defs>
    <rect width="800" height="800" fill="url(#paper)"/><rect width="800" height="800" fill="url(#light)"/>`
}

const SHAPES = [
  '<circle cx="400" cy="360" r="262" fill="url(#shape)"/>',
  '<path d="M150 800V380a250 250 0 0 1 500 0V800z" fill="url(#shape)"/>',
  '<path d="M0 470C150 330 300 330 430 400S700 420 800 300V800H0z" fill="url(#shape)"/>',
  '<rect x="135" y="105" width="530" height="695" rx="42" fill="url(#shape)"/>',
]

/** Draws wall and floor in one paper, and a shape cut out of a lighter one. */
function stage(tone: Tone, index: number): string {
  const gradient = (id: string, from: Tone, to: Tone) =>
    `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`
  return `<defs>
      ${gradient('wall', tone, darker(tone, 0.03))}
      ${gradient('shape', lighter(tone, 0.62), lighter(tone, 0.34))}
      ${gradient('floor', darker(tone, 0.09), darker(tone, 0.035))}
    </defs>
    <rect width="800" height="800" fill="url(#wall)"/>${SHAPES[index % SHAPES.length]}
    <rect y="585" width="800" height="215" fill="url(#floor)"/>`
}

function svg(content: string): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${EDGE}" height="${EDGE}">${content}</svg>`)
}
