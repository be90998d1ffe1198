import { parseShallow } from '#shared/parse-shallow.ts'
import { markedText, unmark } from '../marked-json.ts'

/** Converts to one JSON line and back, without loss. */
export function encodeLine(value: unknown): string {
  return `${markedText(value)}\n`
}

export function decodeLine(line: string): unknown {
  return unmark(parseShallow(line))
}
