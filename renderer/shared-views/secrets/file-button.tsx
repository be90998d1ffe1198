import { useRef, useState, type ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'
import s from './secrets.module.css'

export interface FileButtonProps {
  label: string
  note?: ReactNode
  accept: string
  /** Said about a file that is too large. */
  isTooLarge?: string
  onFile: (file: File) => Promise<void>
  action?: ReactNode
}

/** Larger than any certificate bundle; the wire would refuse more anyway. */
const LIMIT = 700_000

/** Reads a file's content into the form. The page sees only the content, never the file's path. */
export function FileButton({
  label,
  note,
  accept,
  isTooLarge = 'a certificate is far smaller.',
  onFile,
  action,
}: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState<string>()
  return (
    <div className={s.file}>
      <div className={s.inline}>
        <Button size="small" onPress={() => input.current?.click()}>
          {label}
        </Button>
        {action}
      </div>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        aria-label={label}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0]
          event.currentTarget.value = ''
          if (file === undefined) return
          if (file.size > LIMIT) return setProblem(`${file.name} has ${file.size} bytes; ${isTooLarge}`)
          setProblem(undefined)
          onFile(file).catch(() => setProblem(`${file.name} could not be read.`))
        }}
      />
      {(problem ?? note) !== undefined && (
        <p className={s.note} data-tone={problem === undefined ? undefined : 'bad'}>
          {problem ?? note}
        </p>
      )}
    </div>
  )
}
