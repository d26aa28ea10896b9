import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder of our own in the form of the Schema-Guided Dialogue excerpt: three services, two dialogues. */
export interface SmallFolder {
  readonly schema: SmallService[];
  readonly dialogues: SmallDialogue[];
}

interface SmallService {
  service_name: string;
  slots: { name: string }[];
  intents: { name: string; is_transactional: boolean; required_slots: string[] }[];
}

interface SmallFrame {
  service: string;
  acts: string[][];
  stateDelta?: Record<string, string>;
  call?: { method: string; params: Record<string, string>; transactional: boolean };
  firstResult?: Record<string, string>;
}

interface SmallTurn {
  sp: string;
  utt: string;
  frames: SmallFrame[];
}

interface SmallDialogue {
  id: string;
  services: string[];
  handoffs: {
    turn: number;
    from: string;
    to: string;
    carried: { slot: string; value: string; fromService: string; fromSlot: string }[];
  }[];
  turns: SmallTurn[];
}

const [weather, salons, cabs] = ['Weather_9', 'Salons_9', 'Cabs_9'] as const;

const service = (
  name: string,
  slots: readonly string[],
  intents: readonly [string, boolean, readonly string[]][],
): SmallService => ({
  service_name: name,
  slots: slots.map((slot) => ({ name: slot })),
  intents: intents.map(([intent, transactional, required]) => ({
    name: intent,
    is_transactional: transactional,
    required_slots: [...required],
  })),
});

const user = (utt: string, ...frames: SmallFrame[]): SmallTurn => ({ sp: 'U', utt, frames });
const system = (utt: string, frame: SmallFrame): SmallTurn => ({ sp: 'S', utt, frames: [frame] });
const says = (
  name: string,
  delta: Record<string, string>,
  informed: Record<string, string> = delta,
): SmallFrame => ({
  service: name,
  acts: Object.entries(informed).map(([slot, value]) => ['INFORM', slot, value]),
  stateDelta: delta,
});
const calls = (
  name: string,
  method: string,
  params: Record<string, string>,
  rest: { transactional?: boolean; fails?: boolean; firstResult?: Record<string, string> } = {},
): SmallFrame => {
  const { transactional = true, fails = false, firstResult } = rest;
  return {
    service: name,
    acts: fails ? [['NOTIFY_FAILURE', '', '']] : transactional ? [['NOTIFY_SUCCESS', '', '']] : [],
    call: { method, params, transactional },
    ...(firstResult ? { firstResult } : {}),
  };
};

/** The folder's content, made anew so that a test may change it. */
export function smallFolder(): SmallFolder {
  return {
    schema: [
      service(weather, ['city', 'date', 'rain'], [['GetWeather', false, ['city']]]),
      service(
        salons,
        ['place', 'day', 'hour', 'street'],
        [
          ['FindSalon', false, ['place']],
          ['BookSalon', true, ['day', 'hour']],
        ],
      ),
      service(cabs, ['town', 'destination', 'seats'], [['BookCab', true, ['town', 'destination']]]),
    ],
    dialogues: [mended(), abandoned()],
  };
}

/** A booking fails once and is mended; a slot comes from a service before the sender. */
function mended(): SmallDialogue {
  return {
    id: 'mended',
    services: [weather, salons, cabs],
    handoffs: [
      {
        turn: 2,
        from: weather,
        to: salons,
        carried: [
          { slot: 'place', value: 'Pune', fromService: weather, fromSlot: 'city' },
          { slot: 'day', value: 'March 9th', fromService: weather, fromSlot: 'date' },
        ],
      },
      {
        // Counted one message late, as the data set does where the user still thanks the old service.
        turn: 8,
        from: salons,
        to: cabs,
        carried: [
          { slot: 'destination', value: '1 Hill Road', fromService: salons, fromSlot: 'street' },
          { slot: 'town', value: 'pune', fromService: weather, fromSlot: 'city' },
        ],
      },
    ],
    turns: [
      user(
        'Will it rain in Pune on the 9th?',
        says(weather, { city: 'Pune', date: 'the 9th' }, { city: 'Pune', date: '2019-03-09' }),
      ),
      system('It will not.', {
        ...calls(weather, 'GetWeather', { city: 'Pune', date: '2019-03-09' }, { transactional: false }),
        firstResult: { city: 'Pune', date: '2019-03-09', rain: '0' },
      }),
      user('Then find me a salon there.', says(salons, { place: 'Pune', day: 'the 9th' }, {})),
      system('Kala on 1 Hill Road.', {
        ...calls(salons, 'FindSalon', { place: 'Pune' }, { transactional: false }),
        firstResult: { street: '1 Hill Road', place: 'Pune' },
      }),
      user('Book it at 5 pm.', says(salons, { hour: '5 pm' }, { hour: '17:00' })),
      system('That failed. How about 6 pm?', {
        ...calls(salons, 'BookSalon', { day: '2019-03-09', hour: '17:00' }, { fails: true }),
        acts: [
          ['NOTIFY_FAILURE', '', ''],
          ['OFFER', 'hour', '18:00'],
        ],
      }),
      user(
        'Yes, and a cab to them, please.',
        says(cabs, { destination: '1 Hill Road', town: 'Pune', seats: '2' }, { seats: '2' }),
        { service: salons, acts: [['AFFIRM', '', '']], stateDelta: { hour: '6 pm' } },
      ),
      system(
        'Your cab is on its way.',
        calls(cabs, 'BookCab', { town: 'Pune', destination: '1 Hill Road', seats: '2' }),
      ),
      user('And now the salon? No, leave the cab as it is.', { service: cabs, acts: [['AFFIRM', '', '']] }),
      system('The cab stays.', { service: cabs, acts: [] }),
      user('Then book the salon.', { service: salons, acts: [['AFFIRM', '', '']] }),
      system('Booked.', calls(salons, 'BookSalon', { day: '2019-03-09', hour: '18:00' })),
    ],
  };
}

/** The last failure is never mended: what was booked before is taken back. */
function abandoned(): SmallDialogue {
  return {
    id: 'abandoned',
    services: [salons, cabs],
    handoffs: [
      {
        turn: 2,
        from: salons,
        to: cabs,
        carried: [{ slot: 'destination', value: '1 Hill Road', fromService: salons, fromSlot: 'street' }],
      },
    ],
    turns: [
      user(
        'Book a salon today at 9.',
        says(salons, { day: 'today', hour: '9:00' }, { day: '2019-03-01', hour: '09:00' }),
      ),
      system('Done: 1 Hill Road.', {
        ...calls(salons, 'BookSalon', { day: '2019-03-01', hour: '09:00' }),
        firstResult: { street: '1 Hill Road' },
      }),
      user(
        'A cab there from Pune.',
        says(cabs, { destination: '1 Hill Road', town: 'Pune' }, { town: 'Pune' }),
      ),
      system(
        'There is none.',
        calls(cabs, 'BookCab', { town: 'Pune', destination: '1 Hill Road' }, { fails: true }),
      ),
      user('Then forget it all.', { service: cabs, acts: [['NEGATE', '', '']] }),
      system('As you wish.', { service: cabs, acts: [['GOODBYE', '', '']] }),
    ],
  };
}

/** The same services under other names, in the same order. */
export function renamed(schema: readonly SmallService[]): SmallService[] {
  return schema.map((one, index) => ({
    ...one,
    service_name: `Next_${String(index)}`,
    slots: one.slots.map((_slot, place) => ({ name: `slot_${String(place)}` })),
    intents: one.intents.map((intent) => ({ ...intent, required_slots: [] })),
  }));
}

/** Writes a folder to a new place below the system's temporary one. */
export async function writeFolder(
  folder: SmallFolder,
  others: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const place = await mkdtemp(path.join(tmpdir(), 'baton-sgd-'));
  const lines = folder.dialogues.map((dialogue) => JSON.stringify(dialogue));
  await writeFile(path.join(place, 'dialogues.jsonl'), `${lines.join('\n')}\n`);
  for (const [name, value] of Object.entries({ 'schema.json': folder.schema, ...others })) {
    await writeFile(path.join(place, name), typeof value === 'string' ? value : JSON.stringify(value));
  }
  return place;
}
