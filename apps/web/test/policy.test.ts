/** What the pages may load, and what others learn of their visitors. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { policyInPage } from '../build/pages.ts'
import { isPictureAddress } from '../src/api/config.ts'

const PAGE = '<head><meta charset="utf-8" /><script>1</script></head>'

/** The rules of the policy in a page that asks this API. */
function policyFor(apiUrl: string): Map<string, string> {
  const { transformIndexHtml } = policyInPage(apiUrl) as unknown as {
    transformIndexHtml: { handler(html: string): string }
  }
  const [, policy = ''] = /content="([^"]*)"/.exec(transformIndexHtml.handler(PAGE)) ?? []
  return new Map(policy.split('; ').map((rule) => [rule.split(' ')[0] as string, rule.slice(rule.indexOf(' ') + 1)]))
}

describe('the policy of the pages', () => {
  it('lets them talk to their own host alone, and to the API where that is another', () => {
    assert.equal(policyFor('').get('connect-src'), "'self'")
    assert.equal(policyFor('https://api.example.com/base').get('connect-src'), "'self' https://api.example.com")
    assert.match(policyFor('').get('script-src') ?? '', /^'self' 'sha256-[\w+/=]+'$/)
  })
})

describe('a picture', () => {
  it('from anywhere tells its host nothing of the page', () => {
    const root = join(import.meta.dirname, '../src')
    const pictures = globSync('**/*.tsx', { cwd: root }).flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/<img\s[\s\S]*?\/>/g)].map(([tag]) => ({ file, tag })),
    )
    const ours = ({ tag }: { tag: string }) => / src=\{`\$\{import\.meta\.env\.BASE_URL\}/.test(tag)

    assert.ok(pictures.length > 5)
    assert.deepEqual(
      pictures.filter((picture) => !ours(picture) && !picture.tag.includes('referrerPolicy="no-referrer"')),
      [],
    )
  })

  it('has an address of the web or a path, and a path that leads to another host is none', () => {
    for (const good of ['https://a.example/b', 'HTTP://a.example', '/pictures/a.avif', '/a//b']) {
      assert.equal(isPictureAddress(good), true, good)
    }
    for (const bad of ['//host/a', '/\\host/a', '/\t/host', '\\\\host', 'javascript:1', 'data:image/png,', 'a', '']) {
      assert.equal(isPictureAddress(bad), false, bad)
    }
  })
})
