import type { FileContent, Files } from '../api/files.ts'
import { toast, toastFailure } from '../ui/toast.tsx'

/** Asks where to, saves, and says so; nothing is said of one that was not saved after all. */
export function saveFile(
  files: Files,
  { name, content, type }: { name: string; content: FileContent; type: string },
  said: (saved: string) => string,
): void {
  files.save(name, content, type).then((saved) => saved !== null && toast(said(saved)), toastFailure)
}

/** A group's or topic's name may hold anything and be long; a file's may not. */
export function fileNameOf(of: string, what: string): string {
  const safe = of.replaceAll(/[^\w.-]+/g, '_').slice(0, 80)
  return `${safe === '' ? 'seekline' : safe}-${what}`
}

/** For a file's name, which knows no colon on Windows. */
export function fileTime(at: bigint): string {
  return new Date(Number(at)).toISOString().slice(0, 19).replaceAll(':', '-')
}
