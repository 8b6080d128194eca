/**
 * Thread that opens many connections to a port at once. It counts the open ones in `counted[0]`, and wakes the thread
 * that waits on `counted[1]` when all are open.
 */
import { connect } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

const { port, size, counted } = workerData as { port: number; size: number; counted: Int32Array }

parentPort?.once('message', () => {
  for (let index = 0; index < size; index++) {
    connect(port, '127.0.0.1').once('connect', () => {
      if (Atomics.add(counted, 0, 1) === size - 1) Atomics.notify(counted, 1)
    })
  }
})
parentPort?.postMessage('ready')
