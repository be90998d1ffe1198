import type { FileContent, Files } from '../api/files.ts'
import { toast, toastFailure } from '../ui/toast.tsx'

/** Asks where to save, saves, and reports it; says nothing if the user cancelled. */
export function saveFile(
  files: Files,
  { name, content, type }: { name: string; content: FileContent; type: string },
  said: (saved: string) => string,
): void {
  files.save(name, content, type).then((saved) => saved !== null && toast(said(saved)), toastFailure)
}

/** A name that is safe for a file: a group's or topic's name may be long and contain anything. */
export function fileNameOf(of: string, what: string): string {
  const safe = of.replaceAll(/[^\w.-]+/g, '_').slice(0, 80)
  return `${safe === '' ? 'seekline' : safe}-${what}`
}

/** A time for a file's name, without colons, which Windows does not allow. */
export function fileTime(at: bigint): string {
  return new Date(Number(at)).toISOString().slice(0, 19).replaceAll(':', '-')
}
