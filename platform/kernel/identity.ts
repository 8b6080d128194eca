/** The API for the service that signs access tokens. */
export {
  ACCESS_TOKEN,
  LONGEST_TOKEN_LIFE,
  REVOCATION_TOPIC,
  type Revocation,
  TOKEN_ISSUER,
} from './serving/identity.ts'
