/** Bounds that both sides rely on. */
export const wireLimits = {
  /** One message on the socket, either way. */
  messageBytes: 8 * 1024 * 1024,
  /** Nesting of arrays and objects in requests; the contract's deepest input is far below. */
  depth: 32,
  /** Nesting in answers: a decoded value may have a hundred levels, and each of its fields takes three here. */
  answerDepth: 320,
  /** Characters of the id of a call or stream. */
  idLength: 64,
  /** Values in one input, over all levels; a plan of a hundred thousand partitions has two million. */
  values: 3_000_000,
  /** Keys of one object of an input; no input of the contract comes near it. */
  keys: 10_000,
  /** Frames that may be outstanding on one stream, however many the reader grants. */
  credit: 64,
  /** Running calls and streams of one page: each of a hundred tabs may follow its topic and search for a filter. */
  calls: 512,
  streams: 256,
  /** Answers that a page has not read yet; above this nothing more is read from that page. */
  unreadBytes: 16 * 1024 * 1024,
  /** All that a socket may send before it has authenticated. */
  handshakeBytes: 4 * 1024,
  handshakeMs: 4_000,
} as const
