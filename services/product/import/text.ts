/** From the bytes of a file to its text: spreadsheets save in several encodings and say which in none. */
import { isUtf8 } from 'node:buffer'
import { csvIsWorkbook, csvNotUtf8 } from '../errors.ts'

/**
 * Bytes that are decoded at a time, so that a long file never holds up others: a page takes several turns of the event
 * loop, and waits for a piece in each of them.
 */
const PIECE_BYTES = 16 * 1024

type Decode = (piece?: Uint8Array) => string

/**
 * The text of the file in pieces, in NFC: UTF-8, UTF-16 with or without its mark, or CP949, in which Korean Excel
 * saves. Raises `csv_is_workbook`, and `csv_not_utf8` for anything else.
 */
export async function* readText(bytes: Buffer): AsyncGenerator<string> {
  if (isWorkbook(bytes)) throw csvIsWorkbook()
  const { decode, from } = await decoderOf(bytes)
  // A letter and its accents may stand in two pieces, and are one character only when they meet.
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
    // Not text in this encoding, and so in none: a file that is no UTF-8 was taken for one of the others already.
  }
  throw csvNotUtf8()
}

/** Whether it is what Excel saves by itself: a ZIP archive, or the older binary form. */
function isWorkbook(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 4).toString('hex')
  return head === '504b0304' || head === 'd0cf11e0'
}

async function decoderOf(bytes: Buffer): Promise<{ decode: Decode; from: number }> {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (second === 0 && first !== 0)) return strict('utf-16le')
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return strict('utf-16be')
  if (isUtf8(bytes)) return { ...strict('utf-8'), from: lengthOfMarks(bytes) }
  // Node's own decoder reads only the older part of CP949 (`euc-kr`), which lacks most rare syllables.
  const { default: iconv } = await import('iconv-lite')
  const decoder = iconv.getDecoder('cp949')
  return { decode: (piece) => (piece ? decoder.write(Buffer.from(piece)) : (decoder.end() ?? '')), from: 0 }
}

function strict(encoding: string): { decode: Decode; from: number } {
  const decoder = new TextDecoder(encoding, { fatal: true })
  return { decode: (piece) => decoder.decode(piece, { stream: piece !== undefined }), from: 0 }
}

/** Some tools put a mark before a file that has one already. */
function lengthOfMarks(bytes: Buffer): number {
  let length = 0
  while (bytes.subarray(length, length + 3).toString('hex') === 'efbbbf') length += 3
  return length
}
