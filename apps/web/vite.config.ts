import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { chunks } from './build/chunks.ts'
import { contracts } from './build/contracts.ts'
import { applicationSoon, editionInPage, policyInPage, productInPage, settingsWhileServing } from './build/pages.ts'

const CLIENTS = /\/src\/(api\/(client|session)|community-edition\/(account|client|token))\.ts$/

/** `vite --mode community` builds or serves the edition that is only the community. */
export default defineConfig(({ mode }) => {
  const api = process.env.VITE_API_URL || 'http://127.0.0.1:3000'
  return {
    root: import.meta.dirname,
    base: process.env.BASE_PATH || '/',
    plugins: [
      contracts(),
      react(),
      tailwindcss(),
      editionInPage(mode),
      productInPage(),
      policyInPage(process.env.VITE_API_URL ?? ''),
      applicationSoon(),
      settingsWhileServing(),
    ],
    define: { __EDITION__: JSON.stringify(mode === 'community' ? 'community' : 'marketplace') },
    build: {
      // A picture in a script costs every visitor; as a file it costs who sees it.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The licences of what is built in ask to be told along with it.
      license: { fileName: 'third-party-notices.md' },
      rolldownOptions: {
        output: { codeSplitting: { groups: chunks } },
        // What only the other edition uses stays out of this one.
        treeshake: { moduleSideEffects: [{ test: CLIENTS, sideEffects: false }] },
      },
    },
    server: { proxy: { '/api': api, '/pictures': api, '/docs': api } },
  }
})
