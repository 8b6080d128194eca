import {
  Cursor,
  contract,
  event,
  get,
  Id,
  Line,
  PageSize,
  page,
  post,
  type Static,
  Timestamp,
  Type,
} from '@doran/kernel/contract'

export const Sample = Type.Object({ id: Id, title: Type.String(), createdAt: Timestamp })
export type Sample = Static<typeof Sample>

export const sample = contract('sample', {
  listSamples: get('/samples', {
    summary: 'Samples, newest first',
    query: Type.Object({ cursor: Cursor, limit: PageSize }),
    reply: page(Sample),
    access: 'anyone',
  }),
  /** Refused with `sample_not_found`. */
  getSample: get('/samples/:sampleId', {
    summary: 'A sample',
    path: Type.Object({ sampleId: Id }),
    reply: Sample,
    access: 'anyone',
  }),
  addSample: post('/samples', {
    summary: 'Add a sample',
    body: Type.Object({ title: Line(200) }),
    reply: Sample,
    status: 201,
    access: ['admin'],
  }),
})

export const sampleAdded = event('sample.added', Sample)
