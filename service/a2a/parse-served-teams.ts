import { z } from 'zod';
import { pushSettingsSchema, type PushSettings } from '../../contract/a2a-push.ts';
import { nameSchema, semverSchema } from '../../contract/words.ts';
import { readConfiguration } from '../../security/configuration-file.ts';
import type { ServedTeam } from './served-team.ts';

const Key = z.looseObject({ kty: z.string(), kid: z.string().min(1), alg: z.string().min(1) });

const ServedTeams = z.strictObject({
  version: z.literal('1.0.0'),
  teams: z
    .array(
      z.strictObject({
        team: nameSchema(),
        description: z.string().min(1).max(2_000),
        version: semverSchema(),
        /** Where the service is reached from outside. */
        url: z.url(),
        accepts: z.record(z.string(), z.json()).optional(),
        /** Private key as JWK that signs the card. */
        cardKey: Key.optional(),
      }),
    )
    .min(1)
    .max(100),
});

/**
 * Reads which teams are served as agents of A2A: JSON, or the path of a file with it.
 * @throws BatonError `CONFIGURATION_INVALID` naming the fields at fault, never quoting a value
 */
export function parseServedTeams(value: string): readonly ServedTeam[] {
  const { teams } = readConfiguration(ServedTeams, value, {
    what: 'teams served over A2A',
    variable: 'BATON_A2A',
  });
  return teams.map(({ accepts, cardKey, ...team }) => ({
    ...team,
    ...(accepts ? { accepts } : {}),
    ...(cardKey ? { cardKey: cardKey } : {}),
  }));
}

/**
 * Reads how clients are told of their tasks: JSON, or the path of a file with it.
 * @throws BatonError `CONFIGURATION_INVALID`
 */
export function parsePushSettings(value: string): PushSettings {
  return readConfiguration(pushSettingsSchema(), value, {
    what: 'pushes over A2A',
    variable: 'BATON_A2A_PUSH',
  });
}
