// msgpackr ships no types for its eval-free entry; this is the part of it that the codec uses.
declare module 'msgpackr/index-no-eval' {
  interface PackrOptions {
    useRecords?: boolean
    mapsAsObjects?: boolean
    int64AsType?: 'bigint' | 'number' | 'string'
    copyBuffers?: boolean
    useBigIntExtension?: boolean
    moreTypes?: boolean
    useToJSON?: boolean
    skipValues?: unknown[]
  }
  export class Packr {
    constructor(options?: PackrOptions)
    pack(value: unknown): Uint8Array
    unpack(bytes: Uint8Array): unknown
  }
  export function addExtension(extension: {
    Class: Function
    type: number
    pack(value: unknown): Uint8Array
    unpack(bytes: Uint8Array): unknown
  }): void
}
