#!/usr/bin/env node
/** The `doran` command: everything behind it is compiled once and kept, so that it starts faster the next time. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./main.ts')
