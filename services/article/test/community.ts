/** A test platform with the services of the community. */
import articleService from '@doran/article'
import { type Article, article } from '@doran/article/contract'
import commentService from '@doran/comment'
import { startPlatform, type TestOptions, type TestPlatform, type TestUser } from '@doran/kernel/testing'
import profileService from '@doran/profile'
import userService from '@doran/user'
import { user } from '@doran/user/contract'

export type Member = TestUser & { username: string }

export interface Community extends TestPlatform {
  member(roles?: readonly string[]): Promise<Member>
  publish(
    author: Member,
    given?: Partial<{ title: string; description: string; body: string; tagList: string[] }>,
  ): Promise<Article>
}

let made = 0

export async function startCommunity(options: Omit<TestOptions, 'services'> = {}): Promise<Community> {
  const platform = await startPlatform({
    services: [userService, profileService, articleService, commentService],
    ...options,
  })
  return {
    ...platform,
    async member(roles) {
      const someone = await platform.user(roles)
      const username = `member ${++made}`
      await platform
        .client(user)
        .createUser({ userId: someone.id, email: `${someone.id}@example.com`, name: 'Kim', username })
      return { ...someone, username }
    },
    async publish(author, given) {
      const content = { title: `Article ${++made}`, description: 'About it', body: 'Text', ...given }
      return (await platform.api(article, author).createArticle(content)).article
    },
  }
}
