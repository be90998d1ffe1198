import type { HeaderValue } from '#shared/contract/messages.ts'
import { formatBytes } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { hex, utf8 } from './copy-forms.ts'
import s from './record.module.css'

/** More rows than this are not drawn; a record with that many headers is an accident. */
const MOST = 1_000

/** Headers in their own order, duplicates and all; null, empty and not-text told apart. */
export function Headers({ headers }: { headers: readonly HeaderValue[] }) {
  if (headers.length === 0) return <StateView kind="empty" title="The record has no headers." />
  return (
    <div className={s.headers}>
      <table>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {headers.slice(0, MOST).map((header, index) => (
            // Order is their only identity: names may repeat.
            <tr key={index}>
              <td>{index}</td>
              <td>
                <Bytes bytes={header.name} />
              </td>
              <td>
                <Bytes bytes={header.value} />
                {header.value !== null && header.value.length < header.size && (
                  <span className={s.faint}> cut; {formatBytes(header.size)} in all</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {headers.length > MOST && (
        <p className={s.faint}>
          The first {MOST} of {headers.length} headers.
        </p>
      )}
    </div>
  )
}

function Bytes({ bytes }: { bytes: Uint8Array | null }) {
  if (bytes === null) return <span className={s.faint}>null</span>
  if (bytes.length === 0) return <span className={s.faint}>empty</span>
  const text = utf8(bytes)
  if (text !== null) return <SafeText text={text} limit={2_000} />
  return (
    <span title="Not UTF-8; shown in hex">
      {hex(bytes.subarray(0, 256))}
      {bytes.length > 256 && ' …'}
    </span>
  )
}
