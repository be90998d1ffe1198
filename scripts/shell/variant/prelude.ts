// What the variant's main process and workers run first, after core-js: what the product takes for granted of Node and of
// Electron. Nothing here is in the product.
import { isMainThread } from 'worker_threads'
import { addToElectron } from './prelude-electron.ts'
import { addToNode } from './prelude-node.ts'

addToNode()
if (isMainThread) addToElectron()
