/** A small domain that the kernel's tests run: notes, and a printer that prints them. */
import {
  type Context,
  domainError,
  on,
  publish,
  type SagaTurn,
  saga,
  service,
  sql,
  startSaga,
  step,
  type Transaction,
} from '@doran/kernel'
import { contract, event, get, post, type Static, Type } from '@doran/kernel/contract'

export const outOfInk = domainError('out_of_ink', 409, 'There is no ink for {pages} pages; print fewer.')
export const noteTaken = domainError('note_taken', 409, 'There is a note {id} already; choose another id.')

export const noteWritten = event('note.written', Type.Object({ id: Type.String(), pages: Type.Integer() }))

const Note = Type.Object({ id: Type.String(), text: Type.String(), state: Type.String(), told: Type.Integer() })

export const note = contract('note', {
  writeNote: post('/notes/:id', {
    summary: 'Write a note and have it printed',
    access: 'anyone',
    body: Type.Object({
      text: Type.String({ minLength: 1, maxLength: 100 }),
      pages: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    reply: Note,
    status: 201,
  }),
  signNote: post('/notes/:id/signatures', {
    summary: 'Sign a note',
    access: 'anyone',
    query: Type.Object({ copies: Type.Integer({ maximum: 9, default: 1 }) }),
    headers: Type.Object({ 'x-client-address': Type.Optional(Type.String()) }),
    envelope: 'signature',
    body: Type.Object({
      name: Type.String({
        minLength: 1,
        maxLength: 10,
        not: { const: null },
        errorMessage: {
          required: 'has no name',
          type: 'has no name',
          minLength: 'has no name',
          maxLength: 'has too long a name',
          not: 'must be letters',
        },
      }),
    }),
    reply: Type.Object({ id: Type.String(), name: Type.String(), from: Type.String(), copies: Type.Integer() }),
  }),
  readNote: get('/notes/:id', { summary: 'Read a note', access: 'user', reply: Note }),
  shredNotes: post('/notes/shred', { summary: 'Shred all notes', access: ['admin'] }),
  listNotes: get('/notes', {
    summary: 'List notes',
    access: 'anyone',
    query: Type.Object({
      limit: Type.Integer({ minimum: 1, maximum: 10, default: 5 }),
      state: Type.Optional(Type.Array(Type.String())),
    }),
    reply: Type.Object({ limit: Type.Integer(), state: Type.Array(Type.String()) }),
  }),
})

export const printer = contract('printer', {
  print: post('/printer/jobs', {
    summary: 'Print',
    access: 'internal',
    idempotent: true,
    body: Type.Object({ pages: Type.Integer() }),
    reply: Type.Object({ printed: Type.Integer() }),
  }),
})

const Printing = Type.Object({ id: Type.String(), pages: Type.Integer() })
type Printing = Static<typeof Printing>

export const printing = saga('printing', {
  version: 1,
  input: Printing,
  steps: [
    step('queue', { record: (input, tx) => setState(tx, input.id, 'queued'), undo: giveUp }),
    step('print', { act: print }),
    step('finish', { record: finish }),
  ],
})

async function giveUp({ id }: Printing, ctx: Context<undefined>, { reason }: SagaTurn): Promise<void> {
  await ctx.db.transaction((tx) => setState(tx, id, reason.code))
}

function print({ pages }: Printing, ctx: Context<undefined>): Promise<unknown> {
  return ctx.client(printer).print({ pages })
}

async function finish({ id }: Printing, tx: Transaction): Promise<void> {
  await setState(tx, id, 'printed')
}

async function setState(tx: Transaction, id: string, state: string): Promise<void> {
  await tx.run(sql`update note.notes set state = ${state} where id = ${id}`)
}

export const noteService = service(note, {
  operations: {
    async writeNote({ id, text, pages = 1 }, ctx) {
      return ctx.db.transaction(async (tx) => {
        const written = await tx.first<Static<typeof Note>>(sql`
          insert into note.notes (id, text) values (${id}, ${text}) on conflict do nothing
          returning id, text, state, told`)
        if (!written) throw noteTaken({ id })
        await publish(tx, noteWritten, { id, pages })
        await startSaga(tx, printing, id, { id, pages })
        return written
      })
    },
    async signNote({ id, name, copies, 'x-client-address': from = '' }) {
      return { id, name, from, copies }
    },
    async readNote({ id }, ctx) {
      return ctx.db.one(sql`select id, text, state, told from note.notes where id = ${id}`)
    },
    async shredNotes(_input, ctx) {
      await ctx.db.run(sql`delete from note.notes`)
    },
    async listNotes({ limit, state = [] }) {
      return { limit, state }
    },
  },
  subscriptions: [
    on(noteWritten, async ({ id }, ctx) => {
      await ctx.db.run(sql`update note.notes set told = told + 1 where id = ${id}`)
    }),
  ],
  sagas: [printing],
  migrations: new URL('./migrations/', import.meta.url),
  errors: { noteTaken },
})

/** What the printer does with a request. A test may replace it for a while. */
export const printerDouble = {
  print: async (pages: number): Promise<void> => {
    if (pages > 10) throw outOfInk({ pages })
  },
}

export const printerService = service(printer, {
  operations: {
    async print({ pages }) {
      await printerDouble.print(pages)
      return { printed: pages }
    },
  },
  errors: { outOfInk },
})
