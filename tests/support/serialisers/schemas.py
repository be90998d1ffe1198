"""The schemas of the comparison: each with references, nesting, unions, maps, enums, logical types and the ends of 64 bits."""

ADDRESS_AVSC = """{"type": "record", "name": "Address", "namespace": "com.acme", "fields": [
  {"name": "street", "type": "string"},
  {"name": "codes", "type": {"type": "map", "values": "int"}},
  {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["HOME", "WORK", "OTHER"]}}]}"""

ORDER_AVSC = """{"type": "record", "name": "Order", "namespace": "com.acme", "fields": [
  {"name": "id", "type": "long"},
  {"name": "count", "type": "int"},
  {"name": "ratio", "type": "float"},
  {"name": "total", "type": "double"},
  {"name": "open", "type": "boolean"},
  {"name": "note", "type": ["null", "string"], "default": null},
  {"name": "raw", "type": "bytes"},
  {"name": "mark", "type": {"type": "fixed", "name": "Mark", "size": 7}},
  {"name": "suit", "type": {"type": "enum", "name": "Suit", "symbols": ["HEARTS", "SPADES", "CLUBS"]}},
  {"name": "longs", "type": {"type": "array", "items": "long"}},
  {"name": "rates", "type": {"type": "map", "values": "double"}},
  {"name": "either", "type": ["null", "boolean", "long", "double", "string", "bytes"]},
  {"name": "to", "type": "com.acme.Address"},
  {"name": "others", "type": {"type": "array", "items": "com.acme.Address"}},
  {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 30, "scale": 4}},
  {"name": "small", "type": {"type": "fixed", "name": "Small", "size": 5, "logicalType": "decimal", "precision": 9, "scale": 2}},
  {"name": "day", "type": {"type": "int", "logicalType": "date"}},
  {"name": "at", "type": {"type": "int", "logicalType": "time-millis"}},
  {"name": "exactly", "type": {"type": "long", "logicalType": "time-micros"}},
  {"name": "made", "type": {"type": "long", "logicalType": "timestamp-millis"}},
  {"name": "seen", "type": {"type": "long", "logicalType": "timestamp-micros"}},
  {"name": "local", "type": {"type": "long", "logicalType": "local-timestamp-millis"}},
  {"name": "key", "type": {"type": "string", "logicalType": "uuid"}},
  {"name": "parent", "type": ["null", "com.acme.Order"], "default": null}]}"""

COMMON_PROTO = """syntax = "proto3";
package com.acme;
enum Kind { HOME = 0; WORK = 1; OTHER = 2; }
message Address { string street = 1; map<string, sint32> codes = 2; Kind kind = 3; }
"""

ORDER_PROTO = """syntax = "proto3";
package com.acme;
import "common.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
message Unused { message Deep { int32 x = 1; } }
message Order {
  enum Suit { HEARTS = 0; SPADES = 1; CLUBS = 5; }
  message Line { string sku = 1; int64 amount = 2; Line next = 3; }
  int32 a = 1; int64 b = 2; uint32 c = 3; uint64 d = 4; sint32 e = 5; sint64 f = 6;
  fixed32 g = 7; fixed64 h = 8; sfixed32 i = 9; sfixed64 j = 10;
  float k = 11; double l = 12; bool m = 13; string n = 14; bytes o = 15;
  optional int64 maybe = 16;
  Suit suit = 17;
  Address to = 18;
  repeated Address others = 19;
  repeated int64 longs = 20;
  map<int64, double> rates = 21;
  map<bool, Line> by_flag = 22;
  oneof either { string as_text = 23; uint64 as_number = 24; Line as_line = 25; bytes as_bytes = 26; }
  google.protobuf.Timestamp made = 27;
  google.protobuf.Duration took = 28;
  Line line = 29;
  repeated Suit suits = 30;
}
"""

ADDRESS_JSON = """{"$schema": "http://json-schema.org/draft-07/schema#", "$id": "address.json", "title": "Address", "type": "object",
  "properties": {"street": {"type": "string"}, "codes": {"type": "object", "additionalProperties": {"type": "integer"}},
                 "kind": {"enum": ["HOME", "WORK", "OTHER"]}}, "required": ["street"], "additionalProperties": false}"""

ORDER_JSON = """{"$schema": "http://json-schema.org/draft-07/schema#", "$id": "order.json", "title": "Order", "type": "object",
  "properties": {"id": {"type": "integer"}, "total": {"type": "number"}, "open": {"type": "boolean"},
                 "note": {"type": ["string", "null"]}, "longs": {"type": "array", "items": {"type": "integer"}},
                 "to": {"$ref": "address.json"}, "others": {"type": "array", "items": {"$ref": "address.json"}},
                 "either": {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "object"}]},
                 "parent": {"$ref": "#"}},
  "required": ["id", "total"]}"""
