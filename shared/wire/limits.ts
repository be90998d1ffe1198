/** Bounds that both sides rely on. */
export const wireLimits = {
  /** One message on the socket, either way. */
  messageBytes: 8 * 1024 * 1024,
  /** Nesting of arrays and objects in what a page asks; the contract's deepest input is far below. */
  depth: 32,
  /** In what it is answered: a decoded value may have a hundred levels, and each of its fields is three here. */
  answerDepth: 320,
  /** Characters of a call's or stream's id. */
  idLength: 64,
  /** Values in one input, all levels together; a plan of a hundred thousand partitions has two million. */
  values: 3_000_000,
  /** Keys of one object of an input; none of the contract's comes near. */
  keys: 10_000,
  /** Frames a reader may have outstanding on one stream, whatever it grants. */
  credit: 64,
  /** What one page may have under way at once: each of a hundred tabs may follow its topic and look on for a filter. */
  calls: 512,
  streams: 256,
  /** Of answers that a page has not taken yet; beyond it nothing more is read from that page. */
  unreadBytes: 16 * 1024 * 1024,
  /** All that a socket may send before it has proved itself. */
  handshakeBytes: 4 * 1024,
  handshakeMs: 4_000,
} as const
