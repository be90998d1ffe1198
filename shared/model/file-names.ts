/**
 * Whether Windows treats a name as a device, whatever follows its first dot: writing to `con.json` goes to the console, and
 * reading `aux.txt` waits for a serial port. Checked on every system, because files are passed on.
 */
export function isDeviceName(name: string): boolean {
  const stem = name.split('.', 1)[0]!.trimEnd() // split always gives at least one piece
  return /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])$/i.test(stem)
}

/** A name to save a file under, without anything that has a special meaning in any file system. */
export function safeFileName(name: string, otherwise: string): string {
  const plain = name
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    .replaceAll(/[\u0000-\u001f<>:"/\\|?*\u007f-\u009f\p{Bidi_Control}]+/gu, '_')
    .replace(/^\.+/, '')
    // Windows drops trailing dots and spaces, and would open another file.
    .replace(/[. ]+$/, '')
  if (plain === '') return otherwise
  return isDeviceName(plain) ? `_${plain}` : plain
}
