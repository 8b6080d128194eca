/** What the pages may load, and what others learn about their visitors. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { policyInPage } from '../build/pages.ts'
import { isPictureAddress } from '../src/api/config.ts'

const PAGE = '<head><meta charset="utf-8" /><script>1</script></head>'

/** The policy's rules in a page that uses this API. */
function policyFor(apiUrl: string): Map<string, string> {
  const { transformIndexHtml } = policyInPage(apiUrl) as unknown as {
    transformIndexHtml: { handler(html: string): string }
  }
  const [, policy = ''] = /content="([^"]*)"/.exec(transformIndexHtml.handler(PAGE)) ?? []
  return new Map(policy.split('; ').map((rule) => [rule.split(' ')[0] as string, rule.slice(rule.indexOf(' ') + 1)]))
}

describe("the pages' policy", () => {
  it('allows requests to their own host only, and to the API on another host', () => {
    assert.equal(policyFor('').get('connect-src'), "'self'")
    assert.equal(policyFor('https://api.example.com/base').get('connect-src'), "'self' https://api.example.com")
    assert.match(policyFor('').get('script-src') ?? '', /^'self' 'sha256-[\w+/=]+'$/)
  })
})

describe('a picture', () => {
  it('from anywhere tells its host nothing about the page', () => {
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

  it('has an http address or a path, and no path that leads to another host', () => {
    for (const good of ['https://a.example/b', 'HTTP://a.example', '/pictures/a.avif', '/a//b']) {
      assert.equal(isPictureAddress(good), true, good)
    }
    for (const bad of ['//host/a', '/\\host/a', '/\t/host', '\\\\host', 'javascript:1', 'data:image/png,', 'a', '']) {
      assert.equal(isPictureAddress(bad), false, bad)
    }
  })
})
