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
