import { randomBytes } from 'node:crypto';
import type { CaseInput } from '../../contract/case.ts';
import { BatonError, failure, isBatonError, type FailureCode } from '../../contract/failures.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { openKeeping, readKept, type Keeping } from '../../contract/keeping.ts';
import { keptTextOf, keptTextsIn, mapTexts, mapWorded, withKept } from '../../contract/kept-text.ts';
import { withReasons } from '../../contract/redaction.ts';
import { openHistoryPayloads } from '../../security/decode-history.ts';
import { decodePayloads } from '../history/payloads.ts';
import type { Access } from './access.ts';
import { askServer } from './ask-server.ts';
import { parseCaseId } from './case-id.ts';

const SECRET_BYTES = 32;
/** Cases whose team and person a client remembers: neither ever changes. */
const REMEMBERED = 1_000;

/** What a door must know of a case before it says anything of what was said. */
interface AtDoor {
  readonly team: string;
  readonly person: string | undefined;
}

const known = new WeakMap<Access, Map<string, AtDoor>>();

/**
 * What opens a case, as the server may see it: in a private team, the user's first message, the task, the facts and the
 * user's name and preferences go into the context store, and references go to the server. The same open again refers
 * to the same texts.
 * @throws BatonError `CONFIGURATION_INVALID` for a private team without a context store, `CASE_EXISTS` when the id
 * was used for another person
 */
export async function openingAtDoor(access: Access, caseId: string, input: CaseInput): Promise<CaseInput> {
  if (!isPrivate(access, input.team)) return input;
  const { task, user, message, facts, handedOver } = input;
  const { keep, write } = await keepingAt(access, caseId, { team: input.team, person: user?.id });
  const keepEach = (said: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(said).map(([name, value]) => [
        name,
        value === undefined || value === null ? value : keep(value),
      ]),
    );
  const texts = (said: readonly string[]): string[] => said.map((text) => (text === '' ? text : keep(text)));
  const { policies } = task.constraints;
  const sent: CaseInput = {
    ...input,
    task: {
      ...task,
      definition: task.definition === '' ? '' : keep(task.definition),
      constraints: { ...task.constraints, ...(policies ? { policies: texts(policies) } : {}) },
      ...{ acceptance: texts(task.acceptance), completed: texts(task.completed) },
      ...{ remaining: texts(task.remaining), unable: texts(task.unable) },
    },
    facts: keepEach(facts) as CaseInput['facts'],
    ...(user
      ? {
          user: {
            ...user,
            ...(user.name === undefined ? {} : { name: keep(user.name) }),
            ...(user.preferences
              ? { preferences: keepEach(user.preferences) as typeof user.preferences }
              : {}),
          },
        }
      : {}),
    ...(message ? { message: withWords(message, mapTexts(wordsOf(message), keep)) } : {}),
    ...(handedOver ? { handedOver: handedOverAtDoor(handedOver, { keep, keepEach, texts }) } : {}),
  };
  await write();
  return sent;
}

/** What another house says of its case: what it worked with, and why it decided so. Names and codes stay. */
function handedOverAtDoor(
  handedOver: NonNullable<CaseInput['handedOver']>,
  {
    keep,
    keepEach,
    texts,
  }: {
    readonly keep: (text: string) => string;
    readonly keepEach: (said: JsonObject) => JsonObject;
    readonly texts: (said: readonly string[]) => string[];
  },
): NonNullable<CaseInput['handedOver']> {
  const { intent, recordsRead, partialResults } = handedOver.memory ?? {};
  return {
    ...withReasons(handedOver, (reason) => (reason === '' ? reason : keep(reason))),
    ...(handedOver.memory
      ? {
          memory: {
            ...(intent === undefined ? {} : { intent: keep(intent) }),
            ...(recordsRead ? { recordsRead: texts(recordsRead) } : {}),
            ...(partialResults ? { partialResults: keepEach(partialResults) as typeof partialResults } : {}),
          },
        }
      : {}),
  };
}

/**
 * A message as the server may see it: one to a case of a private team is kept, and its reference is sent.
 * @throws BatonError `CONFIGURATION_INVALID` for a private team without a context store, `INPUT_INVALID`,
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
  const keeping = await keepingOfCase(access, caseId);
  if (!keeping) return message;
  const kept = withWords(message, mapTexts(wordsOf(message), keeping.keep));
  await keeping.write();
  return kept;
}

/**
 * A person's request as the server may see it: what it says in words (reasons, notes) and values (facts, corrections,
 * edits) is kept for a case of a private team. Numbers stay, for rules decide by them.
 * @throws BatonError as {@link messageAtDoor}
 */
export async function requestAtDoor<Request extends object>(
  access: Access,
  caseId: string,
  request: Request,
): Promise<Request> {
  const keeping = await keepingOfCase(access, caseId);
  if (!keeping) return request;
  const kept = mapWorded(request, keeping.keep);
  await keeping.write();
  return kept;
}

/**
 * A value with what was kept in its places, where the client has a context store. What looks like a reference and is
 * none stays as it is: anybody can write one.
 * @throws BatonError `PERSON_ERASED`, `STORE_UNAVAILABLE`
 */
export async function withKeptTexts<Value>(access: Access, caseId: string, value: Value): Promise<Value> {
  const { context } = access;
  if (!context || keptTextsIn(value).size === 0) return value;
  try {
    return withKept(value, await readKept(context, caseId, value));
  } catch (thrown) {
    if (!isBatonError(thrown) || !STRANGE.has(thrown.code)) throw thrown;
  }
  const found = new Map<string, JsonValue | undefined>();
  for (const words of keptTextsIn(value).keys()) {
    const one = await readKept(context, caseId, words).catch((thrown: unknown) => {
      if (isBatonError(thrown) && STRANGE.has(thrown.code)) return new Map<string, undefined>();
      throw thrown;
    });
    for (const [name, kept] of one) found.set(name, kept);
  }
  return withKept(value, found);
}

const STRANGE: ReadonlySet<FailureCode> = new Set<FailureCode>(['CONTEXT_MISSING', 'CONTEXT_CHANGED']);

/** As {@link withKeptTexts}, for what is told of a case after its person was erased: references are left. */
export async function withKeptTextsIfAny<Value>(
  access: Access,
  caseId: string,
  value: Value,
): Promise<Value> {
  try {
    return await withKeptTexts(access, caseId, value);
  } catch (thrown) {
    if (isBatonError(thrown) && (thrown.code === 'PERSON_ERASED' || thrown.code === 'STORE_UNAVAILABLE'))
      return value;
    throw thrown;
  }
}

/** A failure as whoever asked may read it: what it quotes of a private team's case stands in the context store. */
export async function readableFailure(access: Access, caseId: string, thrown: unknown): Promise<unknown> {
  if (!isBatonError(thrown) || keptTextsIn(thrown.message).size === 0) return thrown;
  const { code, field } = thrown;
  const message = await withKeptTextsIfAny(access, caseId, thrown.message);
  return new BatonError({ code, message, ...(field === undefined ? {} : { field }) }, { cause: thrown });
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

/** What a case of a private team keeps with; undefined for any other. */
async function keepingOfCase(access: Access, caseId: string): Promise<Keeping | undefined> {
  if ((access.privateTeams ?? []).length === 0) return undefined;
  const at = await readAtDoor(access, caseId);
  return isPrivate(access, at.team) ? keepingAt(access, caseId, at) : undefined;
}

async function keepingAt(access: Access, caseId: string, { team, person }: AtDoor): Promise<Keeping> {
  if (!access.context) {
    const detail = `team ${team} is private: its texts need a context store; give the client one, or set BATON_CONTEXT_URL`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'context'));
  }
  const owner = { caseId, ...(person === undefined ? {} : { person }) };
  try {
    return await openKeeping(access.context, owner, () => randomBytes(SECRET_BYTES).toString('base64url'));
  } catch (thrown) {
    throw ofAnother(thrown, caseId);
  }
}

/** What is kept under an id belongs to the person it was opened for. */
function ofAnother(thrown: unknown, caseId: string): unknown {
  if (!isBatonError(thrown) || thrown.code !== 'INPUT_INVALID' || thrown.field !== 'person') return thrown;
  const detail = `${JSON.stringify(caseId)}, opened for another person`;
  return new BatonError(failure('CASE_EXISTS', detail, 'caseId'), { cause: thrown });
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
