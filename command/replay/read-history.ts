import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { PayloadCodec } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '../../client/index.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import { CASE_WORKFLOW } from '../../contract/queues.ts';
import { openHistoryPayloads } from '../../security/decode-history.ts';

/** A history that was read from a file. */
export interface FileHistory {
  readonly file: string;
  readonly history: History;
}

/**
 * Reads one history file, or every `*.json` of a folder in order of name. Files are as written by
 * `temporal workflow show --output json` and by the SDK's `historyToJSON`.
 * @param codec opens encrypted payloads
 * @throws BatonError `HISTORY_UNREADABLE` naming the file and what is wrong with it, `HISTORY_ERASED`,
 * `CODEC_KEY_MISSING`
 */
export async function readHistories(place: string, codec?: PayloadCodec): Promise<readonly FileHistory[]> {
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    (thrown: unknown) => {
      throw unreadable(place, thrown);
    },
  );
  if (!isFolder) return [await readHistory(place, codec)];
  const names = (await readdir(place)).filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) throw unreadable(place, 'the folder has no *.json');
  const histories: FileHistory[] = [];
  for (const name of names) histories.push(await readHistory(path.join(place, name), codec));
  return histories;
}

async function readHistory(file: string, codec: PayloadCodec | undefined): Promise<FileHistory> {
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw unreadable(file, thrown);
  });
  const history = parseHistory(text, file);
  const { encrypted, erased } = await openHistoryPayloads(history, codec);
  if (erased > 0) throw new BatonError(failure('HISTORY_ERASED', file, 'file'));
  if (encrypted > 0 && !codec) throw unreadable(file, 'it is encrypted; set BATON_CODEC_KEYS');
  return { file, history };
}

/** Parses the JSON of a history. @throws BatonError `HISTORY_UNREADABLE` */
function parseHistory(text: string, file: string): History {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw unreadable(file, thrown);
  }
  const events = isJsonObject(value) ? value['events'] : undefined;
  if (!Array.isArray(events) || events.length === 0) throw unreadable(file, 'it has no list of events');
  let history: History;
  try {
    history = historyFromJSON(value);
  } catch (thrown) {
    throw unreadable(file, explain(thrown));
  }
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  if (!started) throw unreadable(file, 'its first event is not the start of a workflow');
  const type = started.workflowType?.name ?? '';
  if (type !== CASE_WORKFLOW)
    throw unreadable(file, `it is of a workflow ${JSON.stringify(type)}, not of a case`);
  return history;
}

function explain(thrown: unknown): unknown {
  const known = thrown instanceof Error && thrown.message.includes('type must be a Type');
  // Package managers may hoist a protobufjs 7 beside the SDK's 8; then no history can be read from JSON.
  return known
    ? 'this installation mixes versions of protobufjs; add protobufjs ^8.7.1 as a dependency'
    : thrown;
}

function unreadable(file: string, reason: unknown): BatonError {
  const text = reason instanceof Error ? reason.message : String(reason);
  return new BatonError(failure('HISTORY_UNREADABLE', `${file}: ${text}`, 'file'));
}
