const TEXT = `// ---- what crosses between houses ----

// What another house wrote and decided.
message WorkElsewhere {
  repeated EffectEntry effects = 1;
  repeated BareProvenance provenance = 2;
}

message BareProvenance {
  int64 step = 1;
  string agent = 2;
  string agent_version = 3;
  string decision = 4;
  optional string model_version = 5;
  optional string prompt_version = 6;
  ToolCallList tool_calls = 7;
  optional double confidence = 8;
  optional string reason = 9;
  PassedOverList passed_over = 10;
}

message HandedOver {
  repeated EffectEntry effects = 1;
  repeated BareProvenance provenance = 2;
  optional string from = 3;
  string trace = 4;
  MemoryNames takes = 5;
}

message OpenedElsewhere {
  repeated EffectEntry effects = 1;
  repeated BareProvenance provenance = 2;
  optional string from = 3;
  string trace = 4;
  MemoryNames takes = 5;
  WorkingMemory memory = 6;
}

message WorkingMemory {
  optional string intent = 1;
  StringList records_read = 2;
  google.protobuf.Struct partial_results = 3;
}

message MemoryNames {
  optional bool intent = 1;
  optional bool records_read = 2;
  StringList partial_results = 3;
}
`;

/** The part of the .proto file that says what one house tells another of its case (H8). */
export function protoOfHouses(): string {
  return TEXT;
}
