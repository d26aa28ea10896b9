import { protoOfHouses } from './proto-houses.ts';
import { protoOfRecords } from './proto-records.ts';

/**
 * The contract as Protobuf, by hand: a field's number is a promise, so a new field takes the next free number and a
 * number that was ever used is never used again. Names are those of the JSON form in snake case. A list that JSON may
 * leave out is a message of its own here, for `repeated` cannot tell an empty list from none; words of which JSON
 * Schema lists the possible ones are strings, so that a new word is not lost on an older reader.
 */
const TEXT = `// The contract of Baton, version 1.0.0. Written by \`npm run docs\`.
// Values beyond these shapes (facts, arguments, subjects) are google.protobuf.Struct and Value: any JSON.
syntax = "proto3";

package baton.v1;

import "google/protobuf/struct.proto";

message StringList { repeated string items = 1; }

// ---- envelope ----

message Envelope {
  string version = 1;
  string idempotency_key = 2;
  string trace = 3;
  int64 step = 4;
  repeated Provenance provenance = 5;
  repeated EffectEntry effects = 6;
  FailureModes failure_modes = 7;
  Memory memory = 8;
  Task task = 9;
  Transfer transfer = 10;
  User user = 11;
  optional string channel = 12;
  optional string locale = 13;
  optional string signature = 14;
  optional string nonce = 15;
  HandedOver handed_over = 16;
}

message Provenance {
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
  WorkElsewhere elsewhere = 11;
}

message PassedOver { string model = 1; string code = 2; }

message PassedOverList { repeated PassedOver items = 1; }

message ToolCall { string tool = 1; string call_id = 2; }

message ToolCallList { repeated ToolCall items = 1; }

message EffectEntry {
  string key = 1;
  int64 step = 2;
  string agent = 3;
  string tool = 4;
  string status = 5;
  string undo = 6;
}

message FailureModes { repeated string retry = 1; repeated string human = 2; }

message Memory {
  optional string intent = 1;
  google.protobuf.Struct facts = 2;
  StringList records_read = 3;
  google.protobuf.Value partial_results = 4;
}

message Summary {
  string decision = 1;
  repeated string inputs = 2;
  repeated string open_questions = 3;
}

message Task {
  string definition = 1;
  Constraints constraints = 2;
  repeated string acceptance = 3;
  repeated string completed = 4;
  repeated string remaining = 5;
  repeated string unable = 6;
}

message Constraints {
  optional string deadline = 1;
  optional double budget_usd = 2;
  StringList policies = 3;
  StringList allowed_actions = 4;
}

message Transfer {
  string handoff_id = 1;
  string verb = 2;
  string from = 3;
  string to = 4;
  string reason_code = 5;
  string explanation = 6;
  Summary summary = 7;
  repeated string path = 8;
  optional double confidence = 9;
  StringList flags = 10;
  optional string sentiment = 11;
  WallList walls = 12;
}

message Wall {
  int64 after = 1;
  int64 through = 2;
  repeated string kinds = 3;
}

message WallList { repeated Wall items = 1; }

message User {
  optional string id = 1;
  optional string name = 2;
  optional string locale = 3;
  google.protobuf.Struct preferences = 4;
}

// ---- an agent's answer ----

message AgentTurn {
  string version = 1;
  Intent intent = 2;
  optional string say = 3;
  google.protobuf.Struct facts = 4;
  StringList records_read = 5;
  TurnProvenance provenance = 6;
  StatedMemory working_memory = 7;
}

message StatedMemory {
  optional string intent = 1;
  google.protobuf.Struct partial_results = 2;
}

// kind says which of the other fields may stand.
message Intent {
  string kind = 1;
  optional string text = 2;
  CallList calls = 3;
  optional string to = 4;
  optional string reason_code = 5;
  optional string explanation = 6;
  google.protobuf.Struct facts = 7;
  Summary summary = 8;
  StringList completed = 9;
  StringList remaining = 10;
  StringList unable = 11;
  StringList flags = 12;
  optional string sentiment = 13;
  optional string pool = 14;
  optional string question = 15;
  google.protobuf.Value subject = 16;
  optional int64 expires_ms = 17;
  optional string outcome = 18;
  optional string id = 19;
  AskLimits limits = 20;
  MissingFactList missing = 21;
  QuestionList asks = 22;
  google.protobuf.Value need = 23;
  optional string rest = 24;
}

message MissingFact {
  string fact = 1;
  string why = 2;
  optional string question = 3;
}

message MissingFactList { repeated MissingFact items = 1; }

message Question {
  string id = 1;
  string to = 2;
  string reason_code = 3;
  string question = 4;
  google.protobuf.Struct facts = 5;
  AskLimits limits = 6;
}

message QuestionList { repeated Question items = 1; }

message AskLimits {
  optional int64 tokens = 1;
  optional double cost_usd = 2;
  optional int64 ms = 3;
}

message Call {
  string id = 1;
  string tool = 2;
  google.protobuf.Struct arguments = 3;
}

message CallList { repeated Call items = 1; }

message TurnProvenance {
  optional string model_version = 1;
  optional string prompt_version = 2;
  optional double confidence = 3;
  optional string reason = 4;
  PassedOverList passed_over = 5;
  WorkElsewhere elsewhere = 6;
}

// ---- a case and what is said to it ----

message CaseInput {
  string version = 1;
  string team = 2;
  Task task = 3;
  google.protobuf.Struct facts = 4;
  FirstMessage message = 5;
  User user = 6;
  optional string channel = 7;
  optional string locale = 8;
  optional string opened_by = 9;
  optional bool human_only = 10;
  OpenedElsewhere handed_over = 11;
}

// kind says whether voice or file stands.
message FirstMessage {
  string id = 1;
  optional string kind = 2;
  string text = 3;
  optional string locale = 4;
  Voice voice = 5;
  FileReference file = 6;
}

message Say {
  string message_id = 1;
  optional string kind = 2;
  string text = 3;
  optional string locale = 4;
  Voice voice = 5;
  FileReference file = 6;
}

message Voice {
  double confidence = 1;
  int64 duration_ms = 2;
  Stored audio = 3;
}

message Stored {
  string media_type = 1;
  int64 bytes = 2;
  string digest = 3;
  string uri = 4;
}

message FileReference {
  string name = 1;
  string media_type = 2;
  int64 bytes = 3;
  string digest = 4;
  string uri = 5;
}

message AskForHuman {
  optional string by = 1;
  optional string reason = 2;
  optional bool human_only = 3;
}

message Claim { string by = 1; }

message PersonReply {
  string by = 1;
  string message_id = 2;
  string text = 3;
}

message GiveBack {
  string by = 1;
  string note = 2;
  google.protobuf.Struct facts = 3;
  optional string to = 4;
  optional bool user_agreed = 5;
  optional string intent = 6;
  google.protobuf.Struct partial_results = 7;
}

message Resolve {
  string by = 1;
  string outcome = 2;
  string note = 3;
  optional int64 seen = 4;
}

message Redrive {
  string dead_letter_id = 1;
  string by = 2;
  string reason = 3;
  google.protobuf.Struct correction = 4;
}

message Discard {
  string dead_letter_id = 1;
  string by = 2;
  string reason = 3;
}

message Unmask {
  string field = 1;
  optional string handoff_id = 2;
  string by = 3;
  string reason = 4;
}

message Acknowledgement {
  string handoff_id = 1;
  int64 offer_epoch = 2;
  int64 attempt = 3;
  string digest = 4;
  optional string arrived = 5;
}

`;

/** The .proto file of the contract. */
export function protoText(): string {
  return `${TEXT}${protoOfRecords()}\n${protoOfHouses()}`;
}
