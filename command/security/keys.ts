import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { BatonError, failure } from '../../contract/failures.ts';
import type { KeyRingFile } from '../../security/key-ring.ts';
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

const VARIABLES = { codec: 'BATON_CODEC_KEYS', signing: 'BATON_SIGNING_KEYS' } as const;
type Kind = keyof typeof VARIABLES;

/** `baton keys new`, `baton keys rotate`, `baton keys list` */
export function addKeys(program: Command, running: Running): void {
  const keys = program
    .command('keys')
    .description('make, rotate and list the keys of payloads and of handoffs');
  const withFile = (command: Command): Command =>
    command
      .option(
        '--kind <codec|signing|master|persons>',
        'codec keys encrypt payloads, signing keys seal handoffs, persons’ keys wrap those of cases, the master key theirs',
        'codec',
      )
      .option(
        '--file <file>',
        'file of the keys (else the one that BATON_CODEC_KEYS or BATON_SIGNING_KEYS names)',
      )
      .option(...JSON_OPTION);
  withFile(keys.command('new'))
    .description('add a key; the first one is used at once, later ones after `baton keys rotate`')
    .option('--id <id>', 'id of the key; the present day and minute when left out')
    .option('--speaks-for <agents>', 'signing: agents it may speak for, and `case`, separated by commas')
    .action((options: Options & { id?: string; speaksFor?: string }) =>
      answering(running, options, async () => {
        if (options.kind === 'master') return (await import('./rotate-stored.ts')).newMasterKey();
        const { addCodecKey, addSigningKey } = await import('../../security/rotation.ts');
        return change(running, options, (file, kind, now) => {
          const id = options.id ?? now.toISOString().slice(0, 16).replaceAll(/[:T]/g, '-');
          const agents = options.speaksFor?.split(',').map((name) => name.trim());
          return kind === 'codec'
            ? { kind, file: addCodecKey(file?.kind === 'codec' ? file.file : undefined, id, now) }
            : {
                kind,
                file: addSigningKey(file?.kind === 'signing' ? file.file : undefined, id, now, agents),
              };
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
        const { rotateCodecKeys, rotateSigningKeys } = await import('../../security/rotation.ts');
        return change(running, options, (file, _kind, now) => {
          if (!file) throw new UsageError('there is no such file; make one with `baton keys new`');
          return file.kind === 'codec'
            ? { kind: 'codec', file: rotateCodecKeys(file.file, now) }
            : { kind: 'signing', file: rotateSigningKeys(file.file, now) };
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
}

type Keys =
  | { readonly kind: 'codec'; readonly file: KeyRingFile }
  | { readonly kind: 'signing'; readonly file: SigningKeysFile };

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
  if (kind !== 'codec' && kind !== 'signing') throw new UsageError('--kind is codec or signing here');
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
