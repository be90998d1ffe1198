// Runs first in the variant's main process and workers, after core-js: adds what the product expects of Node and of
// Electron. Nothing here is in the product.
import { isMainThread } from 'worker_threads'
import { addToElectron } from './prelude-electron.ts'
import { addToNode } from './prelude-node.ts'

addToNode()
if (isMainThread) addToElectron()
