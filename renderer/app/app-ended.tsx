import { StateView } from '../ui/state-view.tsx'
import type { LinkEnd } from '../api/link.ts'
import s from './app.module.css'

const ends: Record<LinkEnd, { kind: 'unauthorised' | 'empty' | 'error'; title: string; text: string }> = {
  refused: {
    kind: 'unauthorised',
    title: 'This address lacks its token, or belongs to an earlier start of Seekline.',
    text: 'Open the address that the running Seekline printed. Each start has a new one, so that no other page can use it.',
  },
  ended: {
    kind: 'empty',
    title: 'Seekline has ended.',
    text: 'Nothing answers this page any more: close it. Another start of Seekline prints an address of its own.',
  },
  stranger: {
    kind: 'error',
    title: 'What answers at this address is not the Seekline that this page came from.',
    text: 'That Seekline has ended, and another program, or another start of Seekline, has its port. It could not prove itself, so this page sent it nothing and has stopped. Close the page, and do not reload it: what is loaded would come from that program. Start Seekline again and open the address it prints.',
  },
}

/** Replaces the whole app: what was typed is lost, and nothing more can be done. */
export function LinkEndView({ end }: { end: LinkEnd }) {
  const { kind, title, text } = ends[end]
  return (
    <main className={s.linkEnd}>
      <StateView kind={kind} title={title}>
        {text}
      </StateView>
    </main>
  )
}
