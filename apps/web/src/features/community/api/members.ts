import type { Profile } from '@doran/profile/contract'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { queryClient } from '../../../api/query-client.ts'
import { account, api } from '../account.ts'
import { changeArticles } from './articles.ts'
import { meQuery } from './me.ts'

export function memberQuery(username: string) {
  return queryOptions({
    queryKey: ['community', 'member', username],
    queryFn: async (): Promise<Profile> => (await api.profile.getProfile({ username })).profile,
  })
}

/** Follows a member or stops following. Shows it at once and takes it back if the API refuses. */
export function useFollow(username: string) {
  return useMutation({
    mutationFn: (following: boolean) =>
      following ? api.profile.followProfile({ username }) : api.profile.unfollowProfile({ username }),
    onMutate: showFollowing,
    onError: (_, following) => showFollowing(!following),
    onSuccess: ({ profile }) => {
      showFollowing(profile.following)
      queryClient.removeQueries({ queryKey: ['community', 'articles', { of: 'following' }] })
    },
  })

  function showFollowing(following: boolean): void {
    queryClient.setQueriesData<Profile>({ queryKey: memberQuery(username).queryKey }, (member) =>
      member ? { ...member, following } : undefined,
    )
    changeArticles(({ author }) => (author.username === username ? { author: { ...author, following } } : undefined))
  }
}

type Changes = Parameters<typeof api.auth.updateCurrentUser>[0]

/** Changes the reader's community profile, in the edition also the account. */
export function useUpdateMe() {
  return useMutation({
    mutationFn: async (changes: Changes) => (await api.auth.updateCurrentUser(changes)).user,
    onSuccess: (user) => {
      account.confirm(user.token)
      queryClient.setQueryData(meQuery().queryKey, user)
      // The old name and picture are beside everything that the member has written.
      queryClient.removeQueries({
        predicate: ({ queryKey }) => queryKey[0] === 'community' && queryKey[1] !== 'me',
        type: 'inactive',
      })
    },
  })
}
