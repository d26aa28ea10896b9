const TEXT = `// ---- reviews, ledger, references ----

// The word of a door: Ed25519, in hexadecimal.
message Signed {
  string key = 1;
  repeated string roles = 2;
  string tenant = 3;
  string expires = 4;
  string signature = 5;
}

message Decision {
  string review_id = 1;
  string digest = 2;
  string decision = 3;
  string by = 4;
  string reason = 5;
  google.protobuf.Struct edits = 6;
  Signed signed = 7;
  optional string shown_at = 8;
}

message Decided {
  string review_id = 1;
  string digest = 2;
  string decision = 3;
  string by = 4;
  string reason = 5;
  string at = 6;
  optional string on_behalf_of = 7;
  google.protobuf.Struct edits = 8;
  optional string proof = 9;
  optional string shown_at = 10;
}

message DecidedList { repeated Decided items = 1; }

// do is remind or widen; only widen has a pool.
message WaitingStep {
  string at = 1;
  string do = 2;
  optional string pool = 3;
  StringList roles = 4;
}

message WaitingStepList { repeated WaitingStep items = 1; }

message Widening {
  string pool = 1;
  StringList roles = 2;
  string at = 3;
}

message WideningList { repeated Widening items = 1; }

message Failure {
  string code = 1;
  string message = 2;
  optional string field = 3;
}

message AgentAnswer {
  string at = 1;
  string text = 2;
  optional string digest = 3;
  optional Failure failure = 4;
}

message InformationAsked {
  string by = 1;
  string text = 2;
  string at = 3;
  optional string answered_by = 4;
  optional string signature = 5;
  optional string to = 6;
  optional string turn_id = 7;
  optional AgentAnswer answer = 8;
}

message InformationAskedList { repeated InformationAsked items = 1; }

message Review {
  string id = 1;
  string kind = 2;
  string pool = 3;
  string question = 4;
  google.protobuf.Value subject = 5;
  string digest = 6;
  optional int64 approvers = 7;
  StringList roles = 8;
  DecidedList approvals = 9;
  string requested_by = 10;
  string opened_at = 11;
  string expires_at = 12;
  string status = 13;
  Decided decision = 14;
  WaitingStepList ahead = 15;
  optional int64 reminders = 16;
  WideningList widened = 17;
  optional string at_expiry = 18;
  optional string assigned_to = 19;
  optional int64 undo_ms = 20;
  optional string release_at = 21;
  optional string released_at = 22;
  InformationAskedList questions = 23;
  optional string proof = 24;
  StringList excluded = 25;
}

message LedgerRow {
  string version = 1;
  string trace = 2;
  int64 sequence = 3;
  string previous = 4;
  string at = 5;
  string kind = 6;
  string owner = 7;
  google.protobuf.Struct content = 8;
  string hash = 9;
  optional bool erased = 10;
}

message ContextReference {
  string key = 1;
  int64 version = 2;
  string digest = 3;
  int64 bytes = 4;
}
`;

/** The part of the .proto file that others read rather than send: reviews, ledger rows, references. */
export function protoOfRecords(): string {
  return TEXT;
}
