import { service } from '@doran/kernel'
import { sample } from './contract.ts'
import * as errors from './errors.ts'
import { addSample } from './operations/add-sample.ts'
import { getSample } from './operations/get-sample.ts'
import { listSamples } from './operations/list-samples.ts'

export default service(sample, {
  operations: { listSamples, getSample, addSample },
  migrations: new URL('./migrations/', import.meta.url),
  errors,
})
