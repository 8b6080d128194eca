import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { chunks } from './build/chunks.ts'
import { contracts } from './build/contracts.ts'
import { applicationSoon, editionInPage, policyInPage, productInPage, settingsWhileServing } from './build/pages.ts'

const CLIENTS = /\/src\/(api\/(client|session)|community-edition\/(account|client|token))\.ts$/

/** `vite --mode community` builds or serves the community edition. */
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
      // An inlined picture costs every visitor; a file costs only those who see it.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The dependencies' licences require their distribution with the build.
      license: { fileName: 'third-party-notices.md' },
      rolldownOptions: {
        output: { codeSplitting: { groups: chunks } },
        // Keeps code of the other edition out.
        treeshake: { moduleSideEffects: [{ test: CLIENTS, sideEffects: false }] },
      },
    },
    server: { proxy: { '/api': api, '/pictures': api, '/docs': api } },
  }
})
