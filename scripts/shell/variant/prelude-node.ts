import buffer, { Buffer } from 'buffer'
import crypto from 'crypto'
import fs from 'fs'
import Module from 'module'
import net from 'net'
import os from 'os'
import path from 'path'
import { performance } from 'perf_hooks'
import tls from 'tls'
import { fileURLToPath } from 'url'
import threads from 'worker_threads'
import { abortGlobals } from './abort.ts'
import { Certificate } from './certificate.ts'

/** What the product expects of Node 24 and Node 12 lacks. */
export function addToNode(): void {
  addMarks()
  copyInsteadOfMoving()
  const missing = { performance, ...abortGlobals }
  for (const [name, value] of Object.entries(missing)) {
    if (!Reflect.has(globalThis, name)) Reflect.set(globalThis, name, value)
  }
  addBase64url()
  Object.assign(crypto, { randomUUID, X509Certificate: Certificate })
  Object.assign(buffer, { isUtf8 })
  Object.assign(fs.promises, { rm })
  Object.assign(os, { availableParallelism: () => os.cpus().length })
  Object.assign(threads, { Worker: UrlWorker })
  Object.assign(net, { connect: connectReading<net.NetConnectOpts, net.Socket>(net.connect) })
  Object.assign(tls, { connect: connectReading<tls.ConnectionOptions, tls.TLSSocket>(tls.connect) })
  Object.assign(Module, { enableCompileCache: () => undefined })
  addModules({
    'fs/promises': fs.promises,
    'timers/promises': { setTimeout: sleep, setImmediate: (value: unknown) => sleep(0, value) },
  })
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** performance.getEntries…: this Node passes entries only to observers. */
function addMarks(): void {
  const marks: { name: string; startTime: number }[] = []
  const mark = (name: string): number => marks.push({ name, startTime: performance.now() })
  const getEntriesByName = (name: string) => marks.filter((one) => one.name === name)
  Object.assign(performance, { mark, getEntriesByName, getEntriesByType: () => marks })
}

/** Modules whose names this Node does not know. */
function addModules(modules: Record<string, unknown>): void {
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown }
  const load = loader._load
  loader._load = function (request, ...rest) {
    return modules[request] ?? load.call(this, request, ...rest)
  }
}

/** Accepts a file's URL, and copies buffers instead of moving them: in this V8 a moved buffer can end the process. */
class UrlWorker extends threads.Worker {
  constructor(file: string | URL, options?: threads.WorkerOptions) {
    super(outsideOfArchive(typeof file === 'string' ? file : fileURLToPath(file)), options)
  }

  override postMessage(value: unknown): void {
    super.postMessage(value)
  }
}

let copied: string | undefined

/** A thread of this Electron cannot read a packed app's archive (electron #22446, fixed in 19): it gets a copy. */
function outsideOfArchive(file: string): string {
  if (!file.includes('app.asar')) return file
  const from = path.dirname(file)
  if (copied === undefined) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'seekline-threads-'))
    for (const name of fs.readdirSync(from).filter((one) => one.endsWith('.js'))) {
      fs.writeFileSync(path.join(folder, name), fs.readFileSync(path.join(from, name)))
    }
    process.on('exit', () => fs.rmdirSync(folder, { recursive: true }))
    copied = folder
  }
  return path.join(copied, path.basename(file))
}

function copyInsteadOfMoving(): void {
  const { parentPort } = threads
  if (parentPort !== null) {
    const post = parentPort.postMessage
    parentPort.postMessage = (value: unknown) => post.call(parentPort, value)
  }
  Object.defineProperties(ArrayBuffer.prototype, {
    detached: { get: () => false },
    transfer: { value: (length: number) => new ArrayBuffer(length) },
  })
}

function addBase64url(): void {
  const { toString } = Buffer.prototype
  const { from } = Buffer
  Buffer.prototype.toString = function (encoding?: string, start?: number, end?: number) {
    if (encoding !== 'base64url') return toString.call(this, encoding as BufferEncoding, start, end)
    const plain = toString.call(this, 'base64', start, end)
    return plain.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
  }
  const { digest } = crypto.Hash.prototype
  crypto.Hash.prototype.digest = function (this: crypto.Hash, encoding?: BufferEncoding) {
    const bytes = (digest as unknown as () => Buffer).call(this)
    return encoding === undefined ? bytes : bytes.toString(encoding)
  } as typeof digest
  // Node 12's base64 decoder accepts both alphabets.
  Buffer.from = function (value: unknown, encoding?: unknown, ...rest: unknown[]) {
    return Reflect.apply(from, Buffer, [value, encoding === 'base64url' ? 'base64' : encoding, ...rest])
  } as typeof Buffer.from
}

type Connect<O, S> = (options: O, ready?: () => void) => S
type Reading<O> = O & { onread?: net.OnReadOpts }

/** `onread`: this Node has it only for plain sockets, and there a reset connection ends the process (node #34346, #31823). */
function connectReading<O, S extends net.Socket>(connect: Connect<O, S>): Connect<Reading<O>, S> {
  return ({ onread, ...options }, ready) => {
    const socket = connect(options as O, ready)
    if (onread === undefined) return socket
    return socket.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.length;) {
        const buffer = typeof onread.buffer === 'function' ? onread.buffer() : onread.buffer
        const length = chunk.copy(buffer, 0, at)
        onread.callback(length, buffer)
        at += length
      }
    })
  }
}

function randomUUID(): string {
  const bytes = crypto.randomBytes(16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40 // the array has 16 bytes
  bytes[8] = (bytes[8]! & 0x3f) | 0x80 // the array has 16 bytes
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

async function rm(file: string, options: { force?: boolean; recursive?: boolean } = {}): Promise<void> {
  try {
    const stat = await fs.promises.lstat(file)
    await (stat.isDirectory() ? fs.promises.rmdir(file, options) : fs.promises.unlink(file))
  } catch (error) {
    if (!options.force || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function sleep(milliseconds?: number, value?: unknown, options: { signal?: AbortSignal } = {}): Promise<unknown> {
  const { signal } = options
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer)
      reject(Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' }))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve(value)
    }, milliseconds)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}
