/** The services of the community, for any API that speaks RealWorld. */
import { article } from '@doran/article/contract'
import { auth } from '@doran/auth/contract'
import { comment } from '@doran/comment/contract'
import { httpClient } from '@doran/kernel/client'
import { profile } from '@doran/profile/contract'
import { apiUrl } from '../api/config.ts'
import { queryClient } from '../api/query-client.ts'
import { asProblem } from './problem.ts'
import { jwtToken } from './token.ts'

const options = { baseUrl: '', fetch: send }

export const communityApi = {
  article: httpClient(article, options),
  auth: httpClient(auth, options),
  comment: httpClient(comment, options),
  profile: httpClient(profile, options),
}

const WHO = '/api/user'

/**
 * Sends a request with the token. Whether that still counts is decided by `GET /user` alone: anything else that is
 * refused for it is read as a guest, or has the question asked again.
 */
async function send(path: string, request: RequestInit): Promise<Response> {
  const url = apiUrl() + path
  const token = jwtToken.get()
  const response = await fetch(url, token ? withToken(request, token) : request)
  if (response.ok) return response
  if (!token || response.status !== 401 || path === WHO) return asProblem(response)
  if (request.method === 'GET') return asProblem(await fetch(url, request))
  queryClient.invalidateQueries({ queryKey: ['community', 'me'] })
  return asProblem(response)
}

function withToken(request: RequestInit, token: string): RequestInit {
  return { ...request, headers: { ...request.headers, authorization: `Token ${token}` } }
}
