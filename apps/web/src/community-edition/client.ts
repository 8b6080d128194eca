/** The community's services, for any API that implements the RealWorld protocol. */
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

const CURRENT_USER_PATH = '/api/user'

/**
 * Sends a request with the token. Only `GET /user` decides whether the token is valid. If any other request is refused
 * for its token, a read is repeated as a guest, and a change makes the application ask `GET /user` again.
 */
async function send(path: string, request: RequestInit): Promise<Response> {
  const url = apiUrl() + path
  const token = jwtToken.get()
  const response = await fetch(url, token ? withToken(request, token) : request)
  if (response.ok) return response
  if (!token || response.status !== 401 || path === CURRENT_USER_PATH) return asProblem(response)
  if (request.method === 'GET') return asProblem(await fetch(url, request))
  queryClient.invalidateQueries({ queryKey: ['community', 'me'] })
  return asProblem(response)
}

function withToken(request: RequestInit, token: string): RequestInit {
  return { ...request, headers: { ...request.headers, authorization: `Token ${token}` } }
}
