import { MalformedResponse } from '../../protocol/reader.ts'
import {
  compileMessage,
  int16,
  readBeginning,
  type Field,
  type Fields,
  type FieldSpec,
  type Struct,
} from './message.ts'
import { consumerProtocol } from './messages.ts'

/**
 * The subscription and the assignment of the members of a classic group of consumers: messages inside bytes of the group's
 * record.
 */
const messages = {
  subscription: compileMessage(consumerProtocol.subscription),
  assignment: compileMessage(consumerProtocol.assignment),
}

const structs: ReadonlyMap<string, { type: string; fields: Struct }> = new Map([
  ['subscription', { type: 'ConsumerProtocolSubscription', fields: headed(messages.subscription.fields) }],
  ['assignment', { type: 'ConsumerProtocolAssignment', fields: headed(messages.assignment.fields) }],
])

/** Members of other kinds, such as Kafka Connect's workers, have their own format there: those stay bytes. */
export function readMembers(group: Fields): void {
  if (group.protocolType !== 'consumer' || !Array.isArray(group.members)) return
  for (const member of group.members as Fields[]) {
    member.subscription = said('subscription', member.subscription!) // the definition of a member has both fields
    member.assignment = said('assignment', member.assignment!) // the definition of a member has both fields
  }
}

/** The name and the fields of a struct, including one inside bytes. */
export function structOf({ name, type, fields }: FieldSpec): { type: string; fields: Struct } {
  return fields === null ? structs.get(name)! : { type, fields } // the generated table refers only to structs that it has
}

/** @internal Outside its file only tests use it. */
export function said(name: keyof typeof messages, field: Field): Field {
  const message = messages[name]
  if (!(field instanceof Uint8Array)) return field
  try {
    const version = int16(field)
    // Newer versions only add fields at the end, so the newest known version can read them. Some clients omit fields of their
    // own version: Kafka accepts that and passes it on.
    const { fields, missing, rest } = readBeginning(message, Math.min(version, message.last), field.subarray(2))
    if (Object.keys(fields).length === 0) return field
    return {
      version,
      ...fields,
      ...(missing.length > 0 ? { missing } : {}),
      ...(rest.length > 0 ? { trailing: rest } : {}),
    }
  } catch (error) {
    if (error instanceof MalformedResponse) return field
    throw error
  }
}

/** With its version first, and at the end the names of the missing fields. */
function headed(fields: Struct): Struct {
  const usual = { fields: null, first: 0, last: Infinity, isNullable: false, isMoment: false, tag: null }
  const version: FieldSpec = { ...usual, name: 'version', type: 'int16', isList: false }
  const missing: FieldSpec = { ...usual, name: 'missing', type: 'string', isList: true }
  return new Map([['version', version], ...fields, ['missing', missing]])
}
