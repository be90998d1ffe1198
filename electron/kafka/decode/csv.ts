/** One line in RFC 4180. `defuse`: cells that a spreadsheet would run as a formula get an apostrophe in front. */
export function csvLine(cells: readonly string[], defuse: boolean): string {
  return `${cells.map((cell) => csvCell(cell, defuse)).join(',')}\r\n`
}

/** What a spreadsheet runs as a formula; plain numbers are excluded. */
const FORMULA = /^[=+\-@\t\r]/
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

function csvCell(text: string, defuse: boolean): string {
  const cell = defuse && FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell
}
