import type { JsonObject } from '../../contract/json.ts';
import { parseEnvelope } from '../../contract/envelope.ts';
import {
  CONTRACT_VERSION,
  refuseVersion,
  supportedVersions,
  upcastToNewest,
  type VersionLedger,
} from '../../contract/versions.ts';
import { envelopeWith } from '../activities/activity-desk.ts';

/** Three versions: one renamed a field, one only added an optional one, one split a text. */
const LEDGER: VersionLedger = {
  '0.9.0': { added: 'the first' },
  '1.0.0': {
    added: 'owner, which was holder',
    upcast: (body, what) => {
      const { holder, ...others } = body;
      return what === 'envelope' ? { ...others, owner: holder ?? null } : body;
    },
  },
  '1.1.0': { added: 'an optional note' },
  '1.2.0': {
    added: 'words, which were one text',
    upcast: ({ text, ...body }) => ({ ...body, words: typeof text === 'string' ? text.split(' ') : [] }),
  },
};

describe('versions of the contract (H2)', () => {
  test('an older body goes through every version after its own, in order', () => {
    const old = { version: '0.9.0', holder: 'ann', text: 'a b' };
    expect(upcastToNewest(old, 'envelope', LEDGER)).toEqual({
      version: '1.2.0',
      owner: 'ann',
      words: ['a', 'b'],
    });
    expect(upcastToNewest({ ...old, version: '1.0.0' }, 'envelope', LEDGER)).toEqual({
      version: '1.2.0',
      holder: 'ann',
      words: ['a', 'b'],
    });
    expect(upcastToNewest(old, 'turn', LEDGER)).toEqual({
      version: '1.2.0',
      holder: 'ann',
      words: ['a', 'b'],
    });
    // What was given stays what it was: its digest is of the body as it arrived.
    expect(old).toEqual({ version: '0.9.0', holder: 'ann', text: 'a b' });
  });

  test('the newest stays as it is, byte for byte', () => {
    const newest = { version: '1.2.0', words: ['a'], holder: 'kept' };
    expect(upcastToNewest(newest, 'envelope', LEDGER)).toBe(newest);
    const envelope = envelopeWith({ order: 'o-1' });
    expect(upcastToNewest(envelope, 'envelope')).toBe(envelope);
    expect(parseEnvelope(envelope).ok).toBe(true);
  });

  test.each(['0.8.0', '1.3.0', '2.0.0', 'toString', '__proto__'])(
    '%s is refused, naming those that can be read',
    (version) => {
      const body: JsonObject = { version };
      expect(refuseVersion(body, 'envelope', LEDGER)).toMatchObject({
        code: 'VERSION_UNSUPPORTED',
        field: 'envelope.version',
        message: expect.stringContaining('supported: 0.9.0, 1.0.0, 1.1.0, 1.2.0') as string,
      });
      expect(parseEnvelope({ ...envelopeWith({}), version })).toMatchObject({
        ok: false,
        failure: { code: 'VERSION_UNSUPPORTED' },
      });
    },
  );

  test('what this code writes is the newest that it reads', () => {
    expect(supportedVersions().at(-1)).toBe(CONTRACT_VERSION);
  });
});
