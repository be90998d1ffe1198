/**
 * Whether Windows takes a name for a device, whatever stands behind its first dot: what is written to `con.json` goes to
 * the console, and a read of `aux.txt` waits for a serial port. Asked for on every system, for files travel.
 */
export function isDeviceName(name: string): boolean {
  const stem = name.split('.', 1)[0]!.trimEnd() // split always gives at least one piece
  return /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])$/i.test(stem)
}

/** A name to save under: nothing in it is more than a name to any file system. */
export function safeFileName(name: string, otherwise: string): string {
  const plain = name
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    .replaceAll(/[\u0000-\u001f<>:"/\\|?*\u007f-\u009f\p{Bidi_Control}]+/gu, '_')
    .replace(/^\.+/, '')
    // Windows drops them, and so opens another file.
    .replace(/[. ]+$/, '')
  if (plain === '') return otherwise
  return isDeviceName(plain) ? `_${plain}` : plain
}
