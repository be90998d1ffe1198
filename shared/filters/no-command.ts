/** Thrown where kcat and jq cannot express a search, or would give other records. Its message is for the user. */
export class NoCommand extends Error {
  override readonly name = 'NoCommand'
}
