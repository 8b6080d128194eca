/** Decodes the bytes of a file: spreadsheets save in several encodings and do not declare which. */
import { isUtf8 } from 'node:buffer'
import { csvIsWorkbook, csvNotUtf8 } from '../errors.ts'

/**
 * Bytes that are decoded at a time. Small pieces keep other requests fast: a request takes several turns of the event
 * loop, and may wait for one piece in each of them.
 */
const PIECE_BYTES = 16 * 1024

type Decode = (piece?: Uint8Array) => string

/**
 * The text of the file in pieces, normalised to NFC. Reads UTF-8, UTF-16 with or without a byte order mark, and CP949,
 * the encoding of Korean Excel. Raises `csv_is_workbook`, and `csv_not_utf8` for anything else.
 */
export async function* readText(bytes: Buffer): AsyncGenerator<string> {
  if (isWorkbook(bytes)) throw csvIsWorkbook()
  const { decode, from } = await decoderOf(bytes)
  // A letter and its accents may be split between two pieces. Holding back the end lets NFC combine them.
  let rest = ''
  for (let start = from; start < bytes.length; start += PIECE_BYTES) {
    const text = (rest + textOf(decode, bytes.subarray(start, start + PIECE_BYTES))).normalize('NFC')
    rest = text.slice(-8)
    yield text.slice(0, -8)
  }
  yield (rest + textOf(decode)).normalize('NFC')
}

function textOf(decode: Decode, piece?: Uint8Array): string {
  try {
    const text = decode(piece)
    if (!/[\0\ufffd]/.test(text)) return text
  } catch {
    // Every other encoding was ruled out before, so the file is not text.
  }
  throw csvNotUtf8()
}

/** Whether the file is an Excel workbook: a ZIP archive, or the older binary format. */
function isWorkbook(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 4).toString('hex')
  return head === '504b0304' || head === 'd0cf11e0'
}

async function decoderOf(bytes: Buffer): Promise<{ decode: Decode; from: number }> {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (second === 0 && first !== 0)) return strict('utf-16le')
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return strict('utf-16be')
  if (isUtf8(bytes)) return { ...strict('utf-8'), from: lengthOfMarks(bytes) }
  // Node's own decoder reads only EUC-KR, the older part of CP949, which lacks most rare syllables.
  const { default: iconv } = await import('iconv-lite')
  const decoder = iconv.getDecoder('cp949')
  return { decode: (piece) => (piece ? decoder.write(Buffer.from(piece)) : (decoder.end() ?? '')), from: 0 }
}

function strict(encoding: string): { decode: Decode; from: number } {
  const decoder = new TextDecoder(encoding, { fatal: true })
  return { decode: (piece) => decoder.decode(piece, { stream: piece !== undefined }), from: 0 }
}

/** The length of all byte order marks: some tools add one to a file that has one already. */
function lengthOfMarks(bytes: Buffer): number {
  let length = 0
  while (bytes.subarray(length, length + 3).toString('hex') === 'efbbbf') length += 3
  return length
}
