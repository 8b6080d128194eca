#!/usr/bin/env node
/** The `doran` command. It caches the compiled code of everything that it imports, so that the next start is faster. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./main.ts')
