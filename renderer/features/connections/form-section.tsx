import { useId, type ReactNode } from 'react'
import s from './connections.module.css'

/** A section of a form with its heading. */
export function FormSection({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <section className={s.section} aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <div className={s.fields}>
        {note !== undefined && <p className={s.note}>{note}</p>}
        {children}
      </div>
    </section>
  )
}
