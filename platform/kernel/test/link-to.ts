import { Link } from '@doran/kernel/testing'

/** The same database behind a link that a test can break. */
export async function linkTo(databaseUrl: string): Promise<{ link: Link; url: string }> {
  const url = new URL(databaseUrl.replace('@/', '@localhost/'))
  const folder = url.searchParams.get('host')
  const link = await Link.open(
    '127.0.0.1',
    folder
      ? { path: `${folder}/.s.PGSQL.${url.port || 5432}` }
      : { host: url.hostname, port: Number(url.port || 5432) },
  )
  url.searchParams.delete('host')
  url.hostname = link.host
  url.port = String(link.port)
  return { link, url: String(url) }
}
