import { createPrivateKey, KeyObject, X509Certificate as NodeCertificate, webcrypto } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { X509Certificate } from '@peculiar/x509'
import { UserError } from '../errors.ts'
import { serviceNames } from '../loaders.ts'

export interface CertificateOptions {
  /** Created if it does not exist. */
  readonly folder: string
  /** Names and addresses of the services, besides their own name and localhost. */
  readonly hosts?: readonly string[]
  /** Days for which a certificate is valid, at most {@link AUTHORITY_DAYS}; 365 by default. */
  readonly days?: number
}

export interface Certificates {
  readonly folder: string
  /** Path of the authority's certificate. */
  readonly ca: string
  /** Whether this run created the authority. Certificates of an earlier authority are worthless with a new one. */
  readonly newAuthority: boolean
  /** When the certificates expire. */
  readonly ends: Date
  /** Returns the paths of a service's certificate and key. */
  of(service: string): { cert: string; key: string }
}

interface Authority {
  readonly certificate: X509Certificate
  readonly key: webcrypto.CryptoKey
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const AUTHORITY_DAYS = 3_650
const DAY_MS = 86_400_000
/** Lets machines whose clocks are a little slow accept a new certificate. */
const CLOCK_SKEW_MS = 5 * 60_000
// The last label is not a number, so that a mistyped address does not pass for a name.
const HOST_NAME = /^(?!(.*\.)?\d+$)(\*\.)?[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i

/** `doran certs`: creates a certificate authority and a certificate for each service. */
export async function certs(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      folder: { type: 'string', default: './data/certificates' },
      host: { type: 'string', multiple: true, default: [] },
      days: { type: 'string', default: '365' },
    },
  })
  const { folder, host, days } = values
  const made = await makeCertificates({ folder, hosts: host, days: Number(days) })
  const { cert, key } = made.of('order')
  console.log(`The certificates are in ${made.folder} and count until ${made.ends.toISOString()}:

  ca.pem, ca.key   (the authority, ${made.newAuthority ? 'new: every process needs this ca.pem' : 'kept'})
${serviceNames.map((name) => `  ${name}.pem, ${name}.key`).join('\n')}

Each process gets the authority's certificate and its own pair, for example that of order:

  DORAN_TLS_CA=${made.ca}
  DORAN_TLS_CERT=${cert}
  DORAN_TLS_KEY=${key}

Processes that are running read replaced files by themselves. Keep ca.key where no service reaches it: whoever has it
can make certificates that all of them trust.`)
}

/** Creates the authority unless a valid one exists, and new certificates for all services. */
export async function makeCertificates({ folder, hosts = [], days = 365 }: CertificateOptions): Promise<Certificates> {
  checkOptions(hosts, days)
  const path = (file: string) => join(resolve(folder), file)
  const of = (service: string) => ({ cert: path(`${service}.pem`), key: path(`${service}.key`) })
  const authorityFiles = { cert: path('ca.pem'), key: path('ca.key') }
  try {
    await mkdir(resolve(folder), { recursive: true })
    const kept = await readAuthority(authorityFiles)
    const authority = kept ?? (await makeAuthority(authorityFiles))
    const ends = earlier(daysFromNow(days), authority.certificate.notAfter)
    for (const name of serviceNames) await makeCertificate(name, { authority, hosts, ends, files: of(name) })
    return { folder: resolve(folder), ca: authorityFiles.cert, newAuthority: !kept, ends, of }
  } catch (error) {
    const { code, syscall, path: where = folder } = error as NodeJS.ErrnoException
    if (!syscall) throw error
    throw new UserError(
      `The certificates cannot be kept there: ${where} (${code}). Give a folder that may be written with --folder.`,
    )
  }
}

function checkOptions(hosts: readonly string[], days: number): void {
  if (!Number.isInteger(days) || days < 1 || days > AUTHORITY_DAYS) {
    throw new UserError(`--days takes a whole number from 1 to ${AUTHORITY_DAYS}, for example --days 365.`)
  }
  const wrong = hosts.find((host) => !isIP(host) && !HOST_NAME.test(host))
  if (wrong !== undefined) {
    throw new UserError(`--host takes a name or an IP address, without scheme or port; found ${JSON.stringify(wrong)}.`)
  }
}

/** Reads the authority of an earlier run; undefined if there is none or it has expired. */
async function readAuthority(files: { cert: string; key: string }): Promise<Authority | undefined> {
  const [pem, keyPem] = await Promise.all([readIfThere(files.cert), readIfThere(files.key)])
  if (pem === undefined && keyPem === undefined) return undefined
  try {
    if (pem === undefined || keyPem === undefined) throw new Error('one of them is missing')
    const { X509Certificate } = await loadX509()
    const certificate = new X509Certificate(pem)
    if (certificate.notAfter.getTime() < Date.now()) return undefined
    const key = createPrivateKey(keyPem)
    if (!new NodeCertificate(pem).checkPrivateKey(key)) throw new Error('they do not belong together')
    return { certificate, key: key.toCryptoKey(ALGORITHM, false, ['sign']) }
  } catch (cause) {
    throw new UserError(
      `${files.cert} and ${files.key} are no authority and its key (${(cause as Error).message}). Put back the two ` +
        'that belong together, or remove both: then a new authority is made, and every process needs its ca.pem.',
    )
  }
}

async function makeAuthority(files: { cert: string; key: string }): Promise<Authority> {
  const x509 = await loadX509()
  const keys = await generateKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['Doran local authority'] }],
    keys,
    notBefore: validFrom(),
    notAfter: daysFromNow(AUTHORITY_DAYS),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  await writePair(files, certificate, keys.privateKey)
  return { certificate, key: keys.privateKey }
}

interface CertificateRequest {
  readonly authority: Authority
  readonly hosts: readonly string[]
  readonly ends: Date
  readonly files: { cert: string; key: string }
}

/** One certificate serves both sides of a connection: a service accepts requests and sends requests with it. */
async function makeCertificate(name: string, { authority, hosts, ends, files }: CertificateRequest): Promise<void> {
  const x509 = await loadX509()
  const keys = await generateKeys()
  const reachedBy = new Set([name, 'localhost', '127.0.0.1', ...hosts])
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [name] }],
    issuer: authority.certificate.subjectName,
    publicKey: keys.publicKey,
    signingKey: authority.key,
    notBefore: validFrom(),
    notAfter: ends,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(
        [...reachedBy].map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
    ],
  })
  await writePair(files, certificate, keys.privateKey)
}

/** Loaded on use, because `doran start` imports this file too and rarely makes certificates. */
async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  // The library's container needs the metadata of decorators.
  await import('reflect-metadata')
  return import('@peculiar/x509')
}
function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

async function writePair(
  files: { cert: string; key: string },
  certificate: X509Certificate,
  key: webcrypto.CryptoKey,
): Promise<void> {
  await writeWhole(files.key, KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }) as string, 0o600)
  await writeWhole(files.cert, `${certificate.toString('pem')}\n`, 0o644)
}

/** Replaces the file atomically: readers see the old content or the new one, and a key never has other permissions. */
async function writeWhole(file: string, content: string, mode: number): Promise<void> {
  const beside = `${file}.${process.pid}.new`
  await writeFile(beside, content, { mode })
  await rename(beside, file)
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function validFrom(): Date {
  return new Date(Date.now() - CLOCK_SKEW_MS)
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY_MS)
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other
}
