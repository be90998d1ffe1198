/**
 * How page and server prove to each other that both know a key, without either sending it. A port belongs to the program that
 * binds it: once a server has died, any program may listen on its port. If a page sent that program the key, or continued without
 * a proof in return, it would send it everything that the user types from then on.
 *
 *     page → server   hello: version, pass id, nonce
 *     server → page   nonce, HMAC(key, server · origin · id · both nonces)
 *     page → server   HMAC(key, page · origin · id · both nonces)
 *
 * The server proves itself first, so a foreign program learns only a random number. Both nonces make a proof valid for one
 * socket only; the role prevents sending it back to its author, and the origin prevents passing it on to another port.
 * There is one version and nothing to negotiate, because server and page are from one build. Lengths are fixed, so that nothing is
 * parsed before it is proved.
 */
export const handshake = { idBytes: 16, keyBytes: 32, nonceBytes: 32, proofBytes: 32 } as const

/** A key and its name on the server. The name of the key in the start address is all zeros. */
export interface Pass {
  id: Uint8Array<ArrayBuffer>
  key: Uint8Array<ArrayBuffer>
}

/** A key that can make and check proofs, and that no script can read. */
export type WireKey = object

export type Role = 'page' | 'server'

export interface Transcript {
  /** As the browser shows it: scheme, host and port. */
  origin: string
  id: Uint8Array<ArrayBuffer>
  pageNonce: Uint8Array<ArrayBuffer>
  serverNonce: Uint8Array<ArrayBuffer>
}

export const addressId = new Uint8Array(handshake.idBytes)

const version = 1
const helloBytes = 1 + handshake.idBytes + handshake.nonceBytes
const challengeBytes = handshake.nonceBytes + handshake.proofBytes

export function newNonce(): Uint8Array<ArrayBuffer> {
  return webCrypto().getRandomValues(new Uint8Array(handshake.nonceBytes))
}

export function importKey(key: Uint8Array<ArrayBuffer>): Promise<WireKey> {
  return webCrypto().subtle.importKey('raw', key, algorithm, false, ['sign', 'verify'])
}

export async function prove(key: WireKey, role: Role, said: Transcript): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await webCrypto().subtle.sign('HMAC', key, text(role, said)))
}

/** Compares in constant time. */
export async function proves(
  key: WireKey,
  role: Role,
  said: Transcript,
  proof: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return webCrypto().subtle.verify('HMAC', key, proof, text(role, said))
}

export function encodeHello(id: Uint8Array, pageNonce: Uint8Array): Uint8Array<ArrayBuffer> {
  return join(Uint8Array.of(version), id, pageNonce)
}

/** undefined: these bytes are not a hello. */
export function decodeHello(bytes: Uint8Array): Pick<Transcript, 'id' | 'pageNonce'> | undefined {
  if (bytes.byteLength !== helloBytes || bytes[0] !== version) return undefined
  const [, id, pageNonce] = split(bytes, 1, handshake.idBytes, handshake.nonceBytes)
  return { id: id!, pageNonce: pageNonce! } // split() gives a piece for each length it is given
}

export function encodeChallenge(serverNonce: Uint8Array, proof: Uint8Array): Uint8Array<ArrayBuffer> {
  return join(serverNonce, proof)
}

/** undefined: these bytes are not an answer to a hello. */
export function decodeChallenge(
  bytes: Uint8Array,
): { serverNonce: Uint8Array<ArrayBuffer>; proof: Uint8Array<ArrayBuffer> } | undefined {
  if (bytes.byteLength !== challengeBytes) return undefined
  const [serverNonce, proof] = split(bytes, handshake.nonceBytes, handshake.proofBytes)
  return { serverNonce: serverNonce!, proof: proof! } // split() gives a piece for each length it is given
}

const algorithm = { name: 'HMAC', hash: 'SHA-256' }

/** The signed text. Only the origin has no fixed length, and an origin cannot contain the zero that ends it. */
function text(role: Role, { origin, id, pageNonce, serverNonce }: Transcript): Uint8Array<ArrayBuffer> {
  const label = `seekline wire ${version} ${role} ${origin}\0`
  const head = Uint8Array.from(label, (character) => character.charCodeAt(0))
  return join(head, id, pageNonce, serverNonce)
}

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.byteLength
  }
  return all
}

function split(bytes: Uint8Array, ...lengths: number[]): Uint8Array<ArrayBuffer>[] {
  let at = 0
  return lengths.map((length) => new Uint8Array(bytes.subarray(at, (at += length))))
}

/** `shared` is compiled without DOM and Node types; browsers and Node have this under the same name. */
interface WebCrypto {
  getRandomValues(into: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>
  subtle: {
    importKey(format: 'raw', key: Uint8Array, of: object, extractable: boolean, uses: string[]): Promise<WireKey>
    sign(name: 'HMAC', key: WireKey, data: Uint8Array): Promise<ArrayBuffer>
    verify(name: 'HMAC', key: WireKey, proof: Uint8Array, data: Uint8Array): Promise<boolean>
  }
}

function webCrypto(): WebCrypto {
  return (globalThis as unknown as { crypto: WebCrypto }).crypto
}
