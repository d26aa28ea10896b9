import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../scripts/run.ts';

/** An authority of a test's own, made by openssl in a folder of the test's. */
export interface TestAuthority {
  /** Its certificate, in PEM. */
  readonly file: string;
  /** A certificate of it, such as for `IP:127.0.0.1`. */
  readonly issue: (
    name: string,
    host: string,
  ) => Promise<{
    readonly certificate: string;
    readonly key: string;
    readonly certificateFile: string;
    readonly keyFile: string;
  }>;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes an authority that nobody knows but who is given its certificate. */
export async function makeAuthority(folder: string): Promise<TestAuthority> {
  const openssl = async (...args: readonly string[]): Promise<void> => {
    const outcome = await run({
      command: 'openssl',
      args,
      folder,
      environment: process.env,
      limitMs: 60_000,
    });
    if (!outcome.ok) throw new Error(outcome.tail);
  };
  const at = (name: string): string => path.join(folder, name);
  const file = at('ca.crt');
  await openssl(
    ...[
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      at('ca.key'),
      '-out',
      file,
      '-days',
      '2',
      '-subj',
      '/CN=Test CA',
    ],
  );
  return {
    file,
    issue: async (name, host) => {
      const [keyFile, certificateFile] = [at(`${name}.key`), at(`${name}.crt`)];
      await openssl(
        'req',
        '-new',
        ...NEW_KEY,
        '-keyout',
        keyFile,
        '-out',
        at(`${name}.csr`),
        '-subj',
        `/CN=${name}`,
      );
      await writeFile(at(`${name}.ext`), `subjectAltName=${host}\n`);
      await openssl(
        ...['x509', '-req', '-in', at(`${name}.csr`), '-CA', file, '-CAkey', at('ca.key')],
        ...['-CAcreateserial', '-days', '2', '-extfile', at(`${name}.ext`), '-out', certificateFile],
      );
      const [certificate, key] = [await readFile(certificateFile, 'utf8'), await readFile(keyFile, 'utf8')];
      return { certificate, key, certificateFile, keyFile };
    },
  };
}
