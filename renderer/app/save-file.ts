import type { Files } from '../api/files.ts'
import { toast } from '../ui/toast.tsx'

/** Asks where to, saves, and says so; nothing is said of one that was not saved after all. */
export function saveFile(
  files: Files,
  { name, text, type }: { name: string; text: string; type: string },
  said: (saved: string) => string,
): void {
  files.save(name, text, type).then(
    (saved) => saved !== null && toast(said(saved)),
    (error: unknown) => toast({ text: error instanceof Error ? error.message : String(error), tone: 'warn' }),
  )
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
