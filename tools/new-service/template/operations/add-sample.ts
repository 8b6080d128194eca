import { audited, type Handler, publish } from '@doran/kernel'
import { type sample, sampleAdded } from '../contract.ts'
import { insertSample } from '../samples.ts'

export const addSample: Handler<typeof sample, 'addSample'> = ({ title }, ctx) =>
  ctx.db.transaction(async (tx) => {
    const added = await insertSample(tx, title)
    audited(ctx, { target: { sampleId: added.id } })
    await publish(tx, sampleAdded, added)
    return added
  })
