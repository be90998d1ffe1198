/** Thrown where kcat and jq cannot say it, or would say something else. Its message is for whoever asked. */
export class NoCommand extends Error {
  override readonly name = 'NoCommand'
}
