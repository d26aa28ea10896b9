import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { BatonError, failure } from '../../contract/failures.ts';
import type { KeyRingFile } from '../../security/key-ring.ts';
import type { DoorKeysFile } from '../../security/door-keys.ts';
import type { SigningKeysFile } from '../../security/signing-keys.ts';
import { inert } from '../output/inert.ts';
import type { Answer, Running } from '../run-command.ts';
import { answering, JSON_OPTION, UsageError } from '../run-command.ts';

/** What both kinds of keys have in common here. */
interface Options {
  readonly kind: string;
  readonly file?: string;
  readonly json?: boolean;
}

const VARIABLES = {
  codec: 'BATON_CODEC_KEYS',
  signing: 'BATON_SIGNING_KEYS',
  door: 'BATON_DOOR_KEYS',
} as const;
type Kind = keyof typeof VARIABLES;

/** `baton keys new`, `baton keys rotate`, `baton keys list`, `baton keys public` */
export function addKeys(program: Command, running: Running): void {
  const keys = program
    .command('keys')
    .description('make, rotate and list the keys of payloads, of handoffs and of doors');
  const withFile = (command: Command): Command =>
    command
      .option(
        '--kind <codec|signing|door|master|persons>',
        'codec keys encrypt payloads, signing keys seal handoffs, door keys prove decisions, persons’ keys wrap those of cases, the master key theirs',
        'codec',
      )
      .option(
        '--file <file>',
        'file of the keys (else the one that BATON_CODEC_KEYS, BATON_SIGNING_KEYS or BATON_DOOR_KEYS names)',
      )
      .option(...JSON_OPTION);
  withFile(keys.command('new'))
    .description('add a key; the first one is used at once, later ones after `baton keys rotate`')
    .option('--id <id>', 'id of the key; the present day and minute when left out')
    .option('--speaks-for <agents>', 'signing: agents it may speak for, and `case`, separated by commas')
    .option('--tenants <names>', 'door: tenants whose people it may speak for, separated by commas')
    .action((options: Options & { id?: string; speaksFor?: string; tenants?: string }) =>
      answering(running, options, async () => {
        if (options.kind === 'master') return (await import('./rotate-stored.ts')).newMasterKey();
        const { addCodecKey, addDoorKey, addSigningKey } = await import('../../security/rotation.ts');
        return change(running, options, (file, kind, now) => {
          const id = options.id ?? now.toISOString().slice(0, 16).replaceAll(/[:T]/g, '-');
          const agents = words(options.speaksFor);
          switch (kind) {
            case 'codec':
              return { kind, file: addCodecKey(file?.kind === 'codec' ? file.file : undefined, id, now) };
            case 'signing':
              return {
                kind,
                file: addSigningKey(file?.kind === 'signing' ? file.file : undefined, id, now, agents),
              };
            case 'door': {
              const known = file?.kind === 'door' ? file.file : undefined;
              return { kind, file: addDoorKey(known, id, now, words(options.tenants)) };
            }
          }
        });
      }),
    );
  withFile(keys.command('rotate'))
    .description('use the newest key from now on, and retire the one before; it still opens and vouches')
    .option('--finish', 'persons: no new keys; wrap what is left, and remove keys retired for an hour')
    .action((options: Options & { finish?: boolean }) =>
      answering(running, options, async () => {
        const { kind, finish } = options;
        if (kind === 'master' || kind === 'persons')
          return (await import('./rotate-stored.ts')).rotateStored(running, kind, finish === true);
        const { rotateCodecKeys, rotateDoorKeys, rotateSigningKeys } =
          await import('../../security/rotation.ts');
        return change(running, options, (file, _kind, now) => {
          if (!file) throw new UsageError('there is no such file; make one with `baton keys new`');
          switch (file.kind) {
            case 'codec':
              return { kind: 'codec', file: rotateCodecKeys(file.file, now) };
            case 'signing':
              return { kind: 'signing', file: rotateSigningKeys(file.file, now) };
            case 'door':
              return { kind: 'door', file: rotateDoorKeys(file.file, now) };
          }
        });
      }),
    );
  withFile(keys.command('list'))
    .description('list keys without their secrets')
    .action((options: Options) =>
      answering(running, options, async () => {
        const { place, kind } = placeOf(running, options);
        const file = await readKeys(place, kind);
        if (!file) throw new UsageError(`there is no file ${place}`);
        return answerOf(file);
      }),
    );
  withFile(keys.command('public'))
    .description('print the public halves of signing or door keys, for the file of those who only verify')
    .action((options: Options) =>
      answering(running, options, async () => {
        const { place, kind } = placeOf(running, options);
        const keysThere = await readKeys(place, kind);
        if (!keysThere) throw new UsageError(`there is no file ${place}`);
        if (keysThere.kind === 'codec') throw new UsageError('codec keys have no public half');
        const { publicHalves } = await import('../../security/rotation.ts');
        const json = publicHalves(keysThere.file);
        return { json, text: `${JSON.stringify(json, null, 2)}\n` };
      }),
    );
}

function words(text: string | undefined): readonly string[] | undefined {
  return text?.split(',').map((word) => word.trim());
}

type Keys =
  | { readonly kind: 'codec'; readonly file: KeyRingFile }
  | { readonly kind: 'signing'; readonly file: SigningKeysFile }
  | { readonly kind: 'door'; readonly file: DoorKeysFile };

async function change(
  running: Running,
  options: Options,
  how: (file: Keys | undefined, kind: Kind, now: Date) => Keys,
): Promise<Answer> {
  const { place, kind } = placeOf(running, options);
  const changed = how(await readKeys(place, kind), kind, new Date());
  // Whole or not at all, and for its owner only.
  const partial = `${place}.${String(process.pid)}`;
  await writeFile(partial, `${JSON.stringify(changed.file, null, 2)}\n`, { mode: 0o600 });
  await rename(partial, place);
  return answerOf(changed);
}

function placeOf({ host }: Running, options: Options): { readonly place: string; readonly kind: Kind } {
  const { kind } = options;
  if (kind !== 'codec' && kind !== 'signing' && kind !== 'door')
    throw new UsageError('--kind is codec, signing or door here');
  const place = options.file ?? host.environment[VARIABLES[kind]];
  if (place === undefined || place === '')
    throw new UsageError(`give --file, or set ${VARIABLES[kind]} to a path`);
  if (place.trimStart().startsWith('{'))
    throw new UsageError(`${VARIABLES[kind]} holds the keys themselves; give --file`);
  return { place, kind };
}

async function readKeys(place: string, kind: Kind): Promise<Keys | undefined> {
  let text: string;
  try {
    text = await readFile(place, 'utf8');
  } catch (thrown) {
    if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'ENOENT')
      return undefined;
    const detail = `${place} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'file'), { cause: thrown });
  }
  if (kind === 'codec') {
    const { parseKeyRingFile } = await import('../../security/key-ring.ts');
    return { kind, file: parseKeyRingFile(text) };
  }
  if (kind === 'door') {
    const { parseDoorKeysFile } = await import('../../security/door-keys.ts');
    return { kind, file: parseDoorKeysFile(text) };
  }
  const { parseSigningKeysFile } = await import('../../security/signing-keys.ts');
  return { kind, file: parseSigningKeysFile(text) };
}

/** What may be shown of keys: everything but their secrets. */
function answerOf(keys: Keys): Answer {
  const used = keys.kind === 'codec' ? keys.file.encryptWith : keys.file.signWith;
  const shown =
    keys.kind === 'codec'
      ? keys.file.keys.map(({ secret, ...key }) => ({
          ...key,
          used: key.id === used,
          atHand: secret !== undefined,
        }))
      : keys.file.keys.map(({ privateKey, ...key }) => ({
          ...key,
          used: key.id === used,
          atHand: privateKey !== undefined,
        }));
  return {
    json: { kind: keys.kind, keys: shown },
    text: shown
      .map(
        (key) =>
          `${inert(key.id)}  ${key.status}${key.used ? ', in use' : ''}${key.atHand ? '' : ', without its secret'}\n`,
      )
      .join(''),
  };
}
