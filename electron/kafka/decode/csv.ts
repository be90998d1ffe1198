/** One line as RFC 4180 has it. `defuse`: what a spreadsheet would run as a formula gets an apostrophe in front. */
export function csvLine(cells: readonly string[], defuse: boolean): string {
  return `${cells.map((cell) => csvCell(cell, defuse)).join(',')}\r\n`
}

/** What a spreadsheet takes for a formula, and runs; numbers alone are none. */
const FORMULA = /^[=+\-@\t\r]/
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

function csvCell(text: string, defuse: boolean): string {
  const cell = defuse && FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell
}
