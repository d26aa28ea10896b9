import type { Answer, Turn } from '../../activities/agent.ts';
import type { CallAnswer } from '../../contract/activities.ts';
import type { JsonObject } from '../../contract/json.ts';
import { getOwn, isJsonObject } from '../../contract/json.ts';
import type { Place } from './facts.ts';
import { agentName, toolName } from './schema.ts';
import type { Exchange, Hop, Notes, ScriptedCall, ServiceScript, Take } from './script.ts';
import { messageIdOf, repeatIdOf, turnOfMessage } from './script.ts';
import type { SlotValue } from './slot-value.ts';
import { slotValueOf } from './slot-value.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Facts as answers carry them. */
type Facts = NonNullable<Answer['facts']>;

/** How a service asks for what should have come with the handoff and did not. */
const ASK = 'Please tell me again:';

/** One service, its script and what it knows at a moment of a turn. */
interface Scene {
  readonly service: string;
  readonly vocabulary: Vocabulary;
  readonly exchange: Exchange;
  readonly hop: Hop;
  readonly place: Place;
  readonly memory: JsonObject;
}

/**
 * A service that plays its part of a dialogue: it notes what the user says, takes what nobody says from the facts that
 * came with the handoff, calls, answers, and hands over when the next words concern somebody else. Stateless: its
 * place comes from the conversation and the facts.
 */
export function playService(
  scripts: (id: string) => ServiceScript | undefined,
  vocabulary: Vocabulary,
  service: string,
  turn: Turn<JsonObject>,
): Answer {
  const id = turn.facts['dialogue'];
  const script = typeof id === 'string' ? scripts(id) : undefined;
  if (!script) throw new Error(`no script ${JSON.stringify(id)} on this worker`);
  const exchange = exchangeOf(script, turn);
  const place = placeOf(turn.memory, exchange);
  const hop = exchange.hops[place.hop];
  if (hop?.service !== service) {
    const expected = hop?.service ?? 'nobody';
    throw new Error(`${messageIdOf(exchange.turn)} of ${script.id} is for ${expected}, not for ${service}`);
  }
  const scene = { service, vocabulary, exchange, hop, place, memory: turn.memory };
  const taken = take(scene, turn);
  if (taken.missing.length > 0) return ask(taken.missing);
  const facts: Facts = { ...taken.facts, ...noted(scene, hop.notes) };
  const next = exchange.hops[place.hop + 1];
  if (next) return handOver(turn, scene, facts, next);
  const { call } = exchange;
  if (call && !turn.answers.some((one) => one.id === callId(exchange)))
    return { facts, intent: { kind: 'call', calls: [callOf(scene, call, facts)] } };
  const last = exchange === script.exchanges.at(-1) && !script.givesUp;
  const known: Facts = { ...facts, ...noted(scene, exchange.notes), ...refusedIn(turn, exchange) };
  return last
    ? { facts: known, intent: { kind: 'finish', outcome: 'served', text: exchange.answer } }
    : { facts: known, intent: { kind: 'reply', text: exchange.answer } };
}

/** Whether a service asks for what did not come with the handoff, and for which slots. */
export function askedFor(text: string): readonly string[] {
  return text.startsWith(ASK) ? text.slice(ASK.length).trim().split(', ') : [];
}

function exchangeOf(script: ServiceScript, turn: Turn<JsonObject>): Exchange {
  const numbers = turn.conversation.flatMap((message) =>
    message.from.kind === 'user' ? (turnOfMessage(message.id) ?? []) : [],
  );
  const exchange = script.exchanges.find((one) => one.turn === numbers.at(-1));
  if (!exchange) throw new Error(`the user has said nothing that ${script.id} knows`);
  return exchange;
}

function placeOf(memory: JsonObject, exchange: Exchange): Place {
  const place = memory['place'];
  const here = isJsonObject(place) && place['turn'] === exchange.turn && typeof place['hop'] === 'number';
  return { turn: exchange.turn, hop: here ? (place['hop'] as number) : 0 };
}

/** What nobody said, from the facts of the handoff; where it did not come, from what the user then says again. */
function take(
  scene: Scene,
  turn: Turn<JsonObject>,
): { readonly facts: Facts; readonly missing: readonly string[] } {
  const again = turn.conversation.find((message) => message.id === repeatIdOf(scene.exchange.turn));
  const said = new Map(
    (again?.text ?? '').split('\n').flatMap((line): [string, string][] => {
      const colon = line.indexOf(': ');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2)]];
    }),
  );
  const facts: Facts = {};
  const missing: string[] = [];
  for (const one of scene.hop.takes) {
    const spoken = said.get(one.slot);
    const value =
      received(scene, one) ?? (spoken === undefined ? undefined : { value: spoken, said: [spoken] });
    if (value) facts[scene.vocabulary.known(scene.service, one.slot)] = value;
    else missing.push(one.slot);
  }
  return { facts, missing };
}

function received(scene: Scene, { slot, source, as }: Take): SlotValue | undefined {
  const { vocabulary, service, memory } = scene;
  const name =
    as === 'given' ? vocabulary.given(service, slot) : vocabulary.passed(source.service, source.slot);
  return name === undefined ? undefined : slotValueOf(getOwn(memory, name));
}

function ask(missing: readonly string[]): Answer {
  return { intent: { kind: 'reply', text: `${ASK} ${missing.join(', ')}` } };
}

function noted(scene: Scene, notes: Notes): Facts {
  return Object.fromEntries(
    Object.entries(notes).map(([slot, value]) => [scene.vocabulary.known(scene.service, slot), value]),
  );
}

function handOver(turn: Turn<JsonObject>, scene: Scene, facts: Facts, next: Hop): Answer {
  const withheld = withheldBy(turn);
  const place: Place = { turn: scene.exchange.turn, hop: scene.place.hop + 1 };
  return {
    facts: { ...facts, withheld: [...withheld] },
    intent: {
      kind: 'transfer',
      to: agentName(next.service),
      reasonCode: 'concerns-other-service',
      explanation: `${messageIdOf(scene.exchange.turn)} concerns ${next.service}`,
      facts: { place: { ...place }, ...Object.fromEntries(withheld.map((name) => [name, null])) },
    },
  };
}

/** Facts that the receiver has no place for, as the edge said so far: they are left behind, and the user is asked. */
function withheldBy(turn: Turn<JsonObject>): readonly string[] {
  const before = turn.memory['withheld'];
  const names = Array.isArray(before) && turn.notices.length > 0 ? (before as readonly string[]) : [];
  const refused = turn.notices.flatMap((notice) =>
    notice.kind === 'handoff-refused' && notice.failure.code === 'FACT_UNMAPPABLE'
      ? [(notice.failure.field ?? '').replace(/^facts\./, '')]
      : [],
  );
  return [...new Set([...names, ...refused])].filter((name) => name !== '');
}

function callId(exchange: Exchange): string {
  return `call-${String(exchange.turn)}`;
}

function callOf(
  scene: Scene,
  call: ScriptedCall,
  facts: Facts,
): { readonly id: string; readonly tool: string; readonly arguments: Facts } {
  const taken = call.taken.flatMap((slot): [string, string][] => {
    const name = scene.vocabulary.known(scene.service, slot);
    const value = slotValueOf(facts[name] ?? getOwn(scene.memory, name));
    return value ? [[slot, value.value]] : [];
  });
  return {
    id: callId(scene.exchange),
    tool: toolName(call.intent),
    arguments: {
      request: messageIdOf(scene.exchange.turn),
      slots: { ...call.slots, ...Object.fromEntries(taken) },
    },
  };
}

/** The calls that were refused, as the service remembers them. */
function refusedIn(turn: Turn<JsonObject>, exchange: Exchange): Facts {
  const isRefused = (one: CallAnswer): boolean => one.id === callId(exchange) && one.answer.kind !== 'done';
  if (!turn.answers.some(isRefused)) return {};
  const before = turn.memory['refused'];
  const known = Array.isArray(before) ? (before as readonly string[]) : [];
  return { refused: [...new Set([...known, messageIdOf(exchange.turn)])] };
}
