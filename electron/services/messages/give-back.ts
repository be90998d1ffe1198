/**
 * Gives back the memory of bytes that nobody looks at any more: the collector sees small objects only, and comes for what hangs on
 * them when there is much of it. Bytes that share their memory with others are left to it.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength === byteLength) buffer.transfer(0)
}
