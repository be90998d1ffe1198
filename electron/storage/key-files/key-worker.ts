import { parentPort } from 'node:worker_threads'
import { KeyFileError, type KeyReply, type KeyTask } from './key-task.ts'
import { readKeyFiles } from './read-key-files.ts'

// Whatever time or memory a file takes, it takes in this thread, which can be ended.
parentPort?.once('message', (task: KeyTask) => {
  readKeyFiles(task).then(
    (result) => reply({ result }),
    (error: unknown) => {
      if (!(error instanceof KeyFileError)) throw error
      const { message, hint, needs } = error
      reply({ refusal: { message, hint, ...(needs === undefined ? {} : { needs }) } })
    },
  )
})

function reply(message: KeyReply): void {
  parentPort?.postMessage(message)
}
