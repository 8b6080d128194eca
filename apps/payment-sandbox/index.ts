/**
 * The sandbox: a payment provider that runs as a server of its own, with its own storage, payment page and webhooks.
 */
export { CARDS, type TestCard } from './cards.ts'
export type { Faults } from './faults.ts'
export { payByCard } from './pay-by-card.ts'
export { type Sandbox, type SandboxOptions, startSandbox } from './server.ts'
