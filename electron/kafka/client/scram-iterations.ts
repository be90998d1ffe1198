import { KafkajsScram } from './kafkajs-internals.ts'

/**
 * Kafka allows 16,384 for its users. Each million takes half a second of one of the four threads that files and DNS also need.
 */
const MAX_SCRAM_ITERATIONS = 1_000_000

// The server says how often the password is hashed, before it has proved anything. As shipped, two billion rounds would be run,
// twice, on a thread that cannot be stopped; four such connections would block all file access.
export function patchScram(): void {
  const { hi } = KafkajsScram
  KafkajsScram.hi = async (password, salt, iterations, digest) => {
    if (!(iterations <= MAX_SCRAM_ITERATIONS)) {
      throw new Error(`the server asks for ${iterations} rounds of hashing, over the limit of ${MAX_SCRAM_ITERATIONS}`)
    }
    return hi(password, salt, iterations, digest)
  }
  // kafkajs parses `4096abc` as 4096: a server that sends this does not speak SCRAM, and gets no proof of the password.
  const { sendClientFinalMessage } = KafkajsScram.prototype
  KafkajsScram.prototype.sendClientFinalMessage = async function answerNumber(first) {
    const said = String(first.i)
    if (!/^[1-9]\d{0,9}$/.test(said)) {
      throw new Error(`the server asks for ${JSON.stringify(said.slice(0, 40))} rounds of hashing, which is no number`)
    }
    return sendClientFinalMessage.call(this, first)
  }
}
