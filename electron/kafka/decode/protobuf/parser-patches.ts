import protobufjs from 'protobufjs'

/**
 * protobufjs with a parser whose time grows with the number of declarations, not with its square, and that reads groups in
 * oneofs.
 */
export function patchedParser(): typeof protobufjs {
  keepFieldsByNumber()
  takeGroupsInOneofs()
  lookForNothingReserved()
  return protobufjs
}

/**
 * To add a field, a message looks its number up in a table of its fields, which it rebuilds after every field: 4,000 fields
 * took seconds. Here the table is kept. Nothing is ever removed from it, because a text is only parsed, once.
 */
function keepFieldsByNumber(): void {
  const { Type, Field } = protobufjs
  const tables = new WeakMap<object, Record<number, protobufjs.Field>>()
  const add = Type.prototype.add
  Type.prototype.add = function (this: protobufjs.Type & { _fieldsById: unknown }, object) {
    const table = tables.get(this) ?? {}
    tables.set(this, table)
    this._fieldsById = table
    add.call(this, object)
    if (object instanceof Field && object.extend === undefined) table[object.id] = object
    return this
  }
}

/** The message that a group declares belongs to the message around the oneof, which is known only once the oneof is parsed. */
function takeGroupsInOneofs(): void {
  const { OneOf, Type } = protobufjs
  const groups = new WeakMap<object, protobufjs.Type[]>()
  const { add, onAdd } = OneOf.prototype
  OneOf.prototype.add = function (object: protobufjs.Field | protobufjs.Type) {
    if (!(object instanceof Type)) return add.call(this, object)
    const known = groups.get(this)
    if (known === undefined) groups.set(this, [object])
    else known.push(object)
    return this
  }
  OneOf.prototype.onAdd = function (parent) {
    onAdd.call(this, parent)
    for (const group of groups.get(this) ?? []) (parent as protobufjs.Type).add(group)
  }
}

/**
 * Each field is checked against all reserved numbers of its message, of which there may be a hundred thousand, and which do not
 * affect decoding.
 */
function lookForNothingReserved(): void {
  const { Type } = protobufjs
  Type.prototype.isReservedId = () => false
  Type.prototype.isReservedName = () => false
}
