import { randomBytes } from 'node:crypto';
import type { CaseInput } from '../../contract/case.ts';
import type { ContextCase } from '../../contract/context.ts';
import { sha256Hex } from '../../contract/digest.ts';
import { BatonError, failure, isBatonError, type FailureCode } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import {
  doorTrace,
  keptText,
  keptTextOf,
  keptTextsIn,
  mapTexts,
  textKept,
  textToKeep,
} from '../../contract/kept-text.ts';
import { openHistoryPayloads } from '../../security/decode-history.ts';
import { decodePayloads } from '../history/payloads.ts';
import { contextOf } from '../persons/cases-of-person.ts';
import type { Access } from './access.ts';
import { askServer } from './ask-server.ts';
import { parseCaseId } from './case-id.ts';

const SALT_BYTES = 16;
/** Cases whose team and person a client remembers: neither ever changes. */
const REMEMBERED = 1_000;

/** What a door must know of a case before it says anything of what was said. */
interface AtDoor {
  readonly team: string;
  readonly person: string | undefined;
}

const known = new WeakMap<Access, Map<string, AtDoor>>();

/**
 * What opens a case, as the server may see it: in a private team, the user's first message, the task and the user's
 * name and preferences go into the context store, and references go to the server. The same open again refers to the
 * same texts.
 * @throws BatonError `CONFIGURATION_INVALID` for a private team without a context store, `CASE_EXISTS` when the id
 * was used with other texts
 */
export async function openingAtDoor(access: Access, caseId: string, input: CaseInput): Promise<CaseInput> {
  if (!isPrivate(access, input.team)) return input;
  const { task, user, message } = input;
  const keep = keeper(access, { caseId, team: input.team, person: user?.id }, 'CASE_EXISTS');
  const texts = {
    ...(user?.name === undefined ? {} : { name: user.name }),
    ...(user?.preferences === undefined ? {} : { preferences: user.preferences }),
  };
  return {
    ...input,
    task: {
      ...task,
      ...(await keep('task', {
        ...{ definition: task.definition, acceptance: task.acceptance },
        ...{ completed: task.completed, remaining: task.remaining, unable: task.unable },
      })),
    },
    ...(user ? { user: { ...user, ...(await keep('user', texts)) } } : {}),
    ...(message
      ? { message: withWords(message, await keep(`message ${message.id}`, wordsOf(message))) }
      : {}),
  };
}

/**
 * A message as the server may see it: one to a case of a private team is kept, and its reference is sent.
 * @throws BatonError `CONFIGURATION_INVALID` for a private team without a context store, `MESSAGE_CONFLICT`,
 * `CASE_UNKNOWN`, `SERVER_UNREACHABLE`, `STORE_UNAVAILABLE`
 */
export async function messageAtDoor<Message extends { readonly messageId: string; readonly text: string }>(
  access: Access,
  caseId: string,
  message: Message,
): Promise<Message> {
  if (keptTextOf(message.text)) {
    const detail = 'the text has the form in which Baton refers to kept texts';
    throw new BatonError(failure('INPUT_INVALID', detail, 'message.text'));
  }
  if ((access.privateTeams ?? []).length === 0) return message;
  const { team, person } = await readAtDoor(access, caseId);
  if (!isPrivate(access, team)) return message;
  const keep = keeper(access, { caseId, team, person }, 'MESSAGE_CONFLICT');
  return withWords(message, await keep(`message ${message.messageId}`, wordsOf(message)));
}

/** A value with the texts that doors have kept in their places, where the client has a context store. */
export async function withKeptTexts<Value>(access: Access, caseId: string, value: Value): Promise<Value> {
  const references = [...keptTextsIn(value)];
  if (references.length === 0 || !access.context) return value;
  const { values } = await access.context.read({
    trace: doorTrace(caseId),
    values: references.map(([, reference]) => ({ reference })),
  });
  const texts = new Map(references.map(([words], index) => [words, textKept(values[index])]));
  return mapTexts(value, (text) => texts.get(text) ?? text);
}

/** What in a message may say something: its text, the name of a file, and where file or recording lie. */
interface Words {
  readonly text: string;
  readonly file?: { readonly name: string; readonly uri?: string | undefined };
  readonly audio?: { readonly uri?: string | undefined };
}

/** A message of any kind, as far as its words go. */
interface Worded {
  readonly text: string;
  readonly file?: NonNullable<Words['file']>;
  readonly voice?: { readonly audio?: Words['audio'] };
}

function wordsOf({ text, file, voice }: Worded): Words {
  const uriOf = ({ uri }: { readonly uri?: string | undefined }): { readonly uri?: string } =>
    uri === undefined ? {} : { uri };
  return {
    text,
    ...(file ? { file: { name: file.name, ...uriOf(file) } } : {}),
    ...(voice?.audio ? { audio: uriOf(voice.audio) } : {}),
  };
}

function withWords<Message extends Worded>(message: Message, { text, file, audio }: Words): Message {
  const { voice } = message;
  return {
    ...message,
    text,
    ...(file ? { file: { ...message.file, ...file } } : {}),
    ...(voice && audio ? { voice: { ...voice, audio: { ...voice.audio, ...audio } } } : {}),
  };
}

function isPrivate({ privateTeams = [] }: Access, team: string): boolean {
  return privateTeams.includes(team);
}

/** Keeps the texts of a value one by one, each under a name of its own, and gives back what stands for them. */
function keeper(
  access: Access,
  { caseId, team, person }: AtDoor & { readonly caseId: string },
  conflict: FailureCode,
): <Value extends object>(name: string, value: Value) => Promise<Value> {
  if (!access.context) {
    const detail = `team ${team} is private: its texts need a context store; give the client one, or set BATON_CONTEXT_URL`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'context'));
  }
  const owner = { trace: doorTrace(caseId), caseId, ...(person === undefined ? {} : { person }) };
  return async (name, value) => {
    const texts: string[] = [];
    mapTexts(value, (text) => {
      texts.push(text);
      return text;
    });
    const kept: string[] = [];
    for (const [index, text] of texts.entries())
      kept.push(await keepText(access, owner, { name: `${name} ${String(index)}`, text, conflict }));
    return mapTexts(value, () => kept.shift() ?? '');
  };
}

/** Keeps one text. What was kept before under its name is what it refers to, or it is a conflict. */
async function keepText(
  access: Access,
  owner: ContextCase,
  { name, text, conflict }: { readonly name: string; readonly text: string; readonly conflict: FailureCode },
): Promise<string> {
  const context = contextOf(access);
  const key = `door:${sha256Hex(name)}`;
  const before = await context.latest(owner.trace, key);
  if (before) {
    const { values } = await context.read({ trace: owner.trace, values: [{ reference: before }] });
    if (textKept(values[0]) === text) return keptText(before);
    throw new BatonError(failure(conflict, JSON.stringify(name)));
  }
  const value = textToKeep(text, randomBytes(SALT_BYTES).toString('base64url'));
  try {
    const [reference] = await context.write({ case: owner, values: [{ key, value, expectedVersion: 0 }] });
    if (!reference) throw new RangeError('a write without a reference');
    return keptText(reference);
  } catch (thrown) {
    if (!isBatonError(thrown) || thrown.code !== 'CONTEXT_CONFLICT') throw thrown;
    // Somebody has just kept something under this name: the same text, or it is a conflict.
    return keepText(access, owner, { name, text, conflict });
  }
}

/** Team and person of a case, from the first event of its history: it needs no worker. */
async function readAtDoor(access: Access, caseId: string): Promise<AtDoor> {
  const cases = known.get(access) ?? new Map<string, AtDoor>();
  known.set(access, cases);
  const before = cases.get(caseId);
  if (before) return before;
  const { client } = access;
  const { history } = await askServer(access, caseId, () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId: parseCaseId(caseId) },
      maximumPageSize: 1,
    }),
  );
  const first = { events: (history?.events ?? []).slice(0, 1) };
  await openHistoryPayloads(first, client.options.loadedDataConverter.payloadCodecs[0]);
  const [input] = decodePayloads(first.events[0]?.workflowExecutionStartedEventAttributes?.input);
  const { team, user } = isJsonObject(input) ? input : {};
  if (typeof team !== 'string') {
    const detail = `${JSON.stringify(caseId)}: what opened it cannot be read`;
    throw new BatonError(failure('CASE_UNKNOWN', detail, 'caseId'));
  }
  const person = isJsonObject(user) && typeof user['id'] === 'string' ? user['id'] : undefined;
  const found = { team, person };
  cases.set(caseId, found);
  const [oldest] = cases.keys();
  if (cases.size > REMEMBERED && oldest !== undefined) cases.delete(oldest);
  return found;
}
