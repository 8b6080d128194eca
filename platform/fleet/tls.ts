/** The certificates of mutual TLS: checked when they are read, and reloaded when their files are replaced. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { ConfigError } from '@doran/kernel/platform'
import type { Logger } from 'pino'

const CHECK_INTERVAL_MS = 1_000
const DAY_MS = 86_400_000
const EXPIRY_WARNING_MS = 14 * DAY_MS

/** Paths of PEM files: the trusted authorities, our certificate with its intermediate ones, and its private key. */
export interface TlsFiles {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export interface TlsMaterial {
  readonly ca: Buffer
  readonly cert: Buffer
  readonly key: Buffer
}

export interface Tls {
  /** Certificates for new connections; a new object after each change. */
  readonly material: TlsMaterial
  /** Calls the handler after each reload. */
  onChange(handler: () => void): void
  /** Stops watching the files. */
  close(): void
}

export interface TlsInspection {
  /** Undefined when a file could not be read. */
  readonly material: TlsMaterial | undefined
  /** Why the files cannot be used: variable, file and remedy for each mistake; empty when all three fit together. */
  readonly mistakes: readonly string[]
  /** When the first certificate of the chain expires; undefined when there are mistakes. */
  readonly ends: Date | undefined
}

type FileName = keyof TlsFiles

const VARIABLES = { ca: 'DORAN_TLS_CA', cert: 'DORAN_TLS_CERT', key: 'DORAN_TLS_KEY' } as const
// Extended key usages of RFC 5280, 4.2.1.12.
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
const REMEDY = 'make a set with `doran certs`, or get one from your authority'

/**
 * Reads the files and throws a {@link ConfigError} when they are not usable. Then checks them every second. It loads a
 * new set that fits together. It ignores a set that does not fit (yet), and logs a warning if the set stays that way.
 */
export async function openTls(files: TlsFiles, log: Logger): Promise<Tls> {
  const first = await inspectTls(files)
  if (!first.material || first.mistakes.length > 0) throw new ConfigError(first.mistakes)
  const watcher = new Watcher(files, { ...first, material: first.material }, log)
  watcher.start()
  return watcher
}

/** Reads the three files and reports whether they can be used now. */
export async function inspectTls(files: TlsFiles): Promise<TlsInspection> {
  const names = Object.keys(VARIABLES) as FileName[]
  const read = await Promise.allSettled(names.map((name) => readFile(files[name])))
  const unread = read.flatMap((result, index) =>
    result.status === 'rejected' ? [unreadable(names[index] as FileName, files, result.reason)] : [],
  )
  if (unread.length > 0) return { material: undefined, mistakes: unread, ends: undefined }

  const [ca, cert, key] = read.map((result) => (result as PromiseFulfilledResult<Buffer>).value)
  const material = { ca, cert, key } as TlsMaterial
  const parsed = parse(material, files)
  if ('mistakes' in parsed) return { material, mistakes: parsed.mistakes, ends: undefined }
  const path = pathOf(parsed)
  const mistakes = check(parsed, path, material, files)
  return { material, mistakes, ends: path && mistakes.length === 0 ? expiryOf(path) : undefined }
}

class Watcher implements Tls {
  readonly #files: TlsFiles
  readonly #log: Logger
  readonly #handlers: (() => void)[] = []
  #material: TlsMaterial
  #ends: Date | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false
  /** Mistakes at the last check, and those that were logged. */
  #lastMistakes = ''
  #loggedMistakes = ''
  #warnedAt = 0

  constructor(files: TlsFiles, { material, ends }: TlsInspection & { material: TlsMaterial }, log: Logger) {
    this.#files = files
    this.#material = material
    this.#ends = ends
    this.#log = log
  }

  get material(): TlsMaterial {
    return this.#material
  }

  onChange(handler: () => void): void {
    this.#handlers.push(handler)
  }

  start(): void {
    this.#warnOfExpiry()
    this.#timer = setTimeout(() => void this.#check(), CHECK_INTERVAL_MS)
    this.#timer.unref()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  async #check(): Promise<void> {
    try {
      const found = await inspectTls(this.#files)
      if (this.#closed) return
      if (found.material && same(found.material, this.#material)) this.#remember('', '')
      else if (found.material && found.mistakes.length === 0) this.#replace(found.material, found.ends)
      else this.#warnOfMistakes(found.mistakes.join('; '))
    } catch (err) {
      this.#log.error({ err }, 'new certificates could not be loaded')
    }
    if (!this.#closed) this.start()
  }

  #replace(material: TlsMaterial, ends: Date | undefined): void {
    this.#material = material
    this.#ends = ends
    this.#remember('', '')
    this.#log.info({ ends }, 'new certificates are in use')
    for (const handler of this.#handlers) handler()
  }

  /** Files are replaced one after the other, so a mistake is logged only when the next check still finds it. */
  #warnOfMistakes(mistakes: string): void {
    const isNews = mistakes === this.#lastMistakes && mistakes !== this.#loggedMistakes
    if (isNews) this.#log.warn({ mistakes }, 'the new certificates cannot be used; the previous ones stay in use')
    this.#remember(mistakes, isNews ? mistakes : this.#loggedMistakes)
  }

  #remember(last: string, logged: string): void {
    this.#lastMistakes = last
    this.#loggedMistakes = logged
  }

  #warnOfExpiry(): void {
    const now = Date.now()
    if (!this.#ends || this.#ends.getTime() - now > EXPIRY_WARNING_MS || now - this.#warnedAt < DAY_MS) return
    this.#warnedAt = now
    const { cert, ca } = this.#files
    this.#log.warn({ ends: this.#ends, cert, ca }, 'a certificate ends soon; replace its files, they are read again')
  }
}

interface Parsed {
  authorities: X509Certificate[]
  /** Our certificate, then the intermediate ones. */
  chain: [X509Certificate, ...X509Certificate[]]
  key: KeyObject
}

function parse({ ca, cert, key }: TlsMaterial, files: TlsFiles): Parsed | { mistakes: string[] } {
  const authorities = certificatesIn(ca)
  const chain = certificatesIn(cert)
  const privateKey = privateKeyIn(key)
  if (authorities && chain && privateKey) {
    return { authorities, chain: chain as Parsed['chain'], key: privateKey }
  }
  const mistake = (name: FileName, what: string) => `${VARIABLES[name]} ${files[name]} ${what}; ${REMEDY}`
  return {
    mistakes: [
      ...(authorities ? [] : [mistake('ca', 'is no certificate in PEM')]),
      ...(chain ? [] : [mistake('cert', 'is no certificate in PEM')]),
      ...(privateKey ? [] : [mistake('key', 'is no private key in PEM without a passphrase')]),
    ],
  }
}

/** Undefined when there is none, or when one is incomplete. */
function certificatesIn(pem: Buffer): X509Certificate[] | undefined {
  const text = pem.toString()
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0 || blocks.length !== text.split('-----BEGIN CERTIFICATE-----').length - 1) return undefined
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    return undefined
  }
}

function privateKeyIn(pem: Buffer): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

function check(parsed: Parsed, path: X509Certificate[] | undefined, material: TlsMaterial, files: TlsFiles): string[] {
  const [own] = parsed.chain
  const mistakes: string[] = []
  if (!own.checkPrivateKey(parsed.key)) {
    mistakes.push(
      `${VARIABLES.key} ${files.key} is not the key of the certificate ${files.cert}; give the two that belong together`,
    )
  }
  if (!path) {
    mistakes.push(
      `${VARIABLES.cert} ${files.cert} is not signed by ${VARIABLES.ca} ${files.ca}; give the authority that signed ` +
        'it, or a certificate that this one signed',
    )
  }
  if (!isForServerAndClient(own)) {
    mistakes.push(
      `${VARIABLES.cert} ${files.cert} is not for servers and clients alike, as mutual TLS needs; ${REMEDY}`,
    )
  }
  for (const certificate of path ?? [own]) {
    const name = parsed.authorities.includes(certificate) ? 'ca' : 'cert'
    const wrong = validityProblem(certificate)
    if (wrong) mistakes.push(`${VARIABLES[name]} ${files[name]} ${wrong}`)
  }
  if (mistakes.length > 0) return mistakes
  try {
    createSecureContext(material)
  } catch (error) {
    mistakes.push(`${VARIABLES.cert} ${files.cert} is refused by OpenSSL (${(error as Error).message}); ${REMEDY}`)
  }
  return mistakes
}

/** The chain from our certificate up to the first trusted authority; undefined when it reaches none. */
function pathOf({ authorities, chain }: Parsed): X509Certificate[] | undefined {
  const path: X509Certificate[] = []
  let current: X509Certificate | undefined = chain[0]
  while (current && !path.includes(current)) {
    path.push(current)
    const authority = issuerOf(current, authorities)
    if (authority) return [...path, authority]
    current = issuerOf(current, chain.slice(1))
  }
  return undefined
}

/** An authority that was renewed with the same key is in the file twice; prefers the one that expires later. */
function issuerOf(certificate: X509Certificate, candidates: readonly X509Certificate[]): X509Certificate | undefined {
  return candidates
    .filter((candidate) => certificate.checkIssued(candidate) && certificate.verify(candidate.publicKey))
    .sort((one, other) => other.validToDate.getTime() - one.validToDate.getTime())[0]
}

/** Without the extension a certificate is valid for every use. */
function isForServerAndClient({ keyUsage }: X509Certificate): boolean {
  return !keyUsage || [SERVER_AUTH, CLIENT_AUTH].every((use) => keyUsage.includes(use))
}

function validityProblem({ validFromDate, validToDate }: X509Certificate): string | undefined {
  const now = Date.now()
  if (now > validToDate.getTime()) return `ended on ${validToDate.toISOString()}; ${REMEDY}`
  if (now < validFromDate.getTime()) {
    return `counts only from ${validFromDate.toISOString()}; set the clock of this machine right, or wait`
  }
  return undefined
}

function expiryOf(path: readonly X509Certificate[]): Date {
  return new Date(Math.min(...path.map(({ validToDate }) => validToDate.getTime())))
}

function same(one: TlsMaterial, other: TlsMaterial): boolean {
  return one.ca.equals(other.ca) && one.cert.equals(other.cert) && one.key.equals(other.key)
}

function unreadable(name: FileName, files: TlsFiles, { code, message }: NodeJS.ErrnoException): string {
  const what = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? message})`
  return `${VARIABLES[name]} ${files[name]} ${what}; correct the path or its permissions, or ${REMEDY}`
}
