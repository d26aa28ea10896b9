import { BatonError, failure } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import type { AgentManifest, TeamManifest } from '../../contract/team.ts';
import { protobufMessages, protoText, publishedSchema, publishedSchemas } from '../../schemas/index.ts';
import { inertJson } from '../output/inert.ts';
import { table } from '../output/table.ts';
import type { Answer, Running } from '../run-command.ts';
import { UsageError } from '../run-command.ts';
import { readManifests } from './manifests.ts';

/** What `baton schema` is given. */
export interface SchemaOptions {
  readonly json?: boolean;
  readonly protobuf?: boolean;
  readonly team?: string;
  readonly agent?: string;
  readonly teams?: string;
}

/** What `baton schema` prints. */
export async function schemaAnswer(
  running: Running,
  name: string | undefined,
  options: SchemaOptions,
): Promise<Answer> {
  const { team, agent, protobuf } = options;
  if ([name, team, protobuf].filter((one) => one !== undefined).length > 1)
    throw new UsageError('give a name, --team or --protobuf: one of them');
  if (agent !== undefined && team === undefined) throw new UsageError('--agent needs --team');
  if (team !== undefined) return accepted(running, team, options);
  if (protobuf === true) return { json: { proto: protoText() }, text: protoText() };
  if (name !== undefined) return document(publishedSchema(name).schema);
  const messages: Readonly<Record<string, string>> = protobufMessages();
  const all = publishedSchemas().map((one) => ({
    name: one.name,
    id: one.id,
    protobuf: getOwn(messages, one.name) ?? null,
  }));
  const rows = all.map((one) => [one.name, one.id, one.protobuf ?? 'JSON only']);
  return { json: { schemas: all }, text: table(['name', 'JSON Schema', 'Protobuf'], rows) };
}

async function accepted(running: Running, team: string, options: SchemaOptions): Promise<Answer> {
  const modules = (options.teams ?? running.host.environment['BATON_TEAMS'] ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (modules.length === 0)
    throw new UsageError('give --teams, or set BATON_TEAMS to the modules of your teams');
  const manifests = await readManifests(modules);
  const manifest = manifests.find((one) => one.name === team);
  if (!manifest)
    throw unknown(
      'TEAM_UNKNOWN',
      team,
      'team',
      manifests.map((one) => one.name),
    );
  if (options.agent === undefined) {
    const agents = Object.values(manifest.agents).map((one) => [one.name, schemaOf(manifest, one)] as const);
    return document(Object.fromEntries(agents));
  }
  const agent = getOwn(manifest.agents, options.agent);
  if (!agent) throw unknown('SCHEMA_UNKNOWN', options.agent, 'agent', Object.keys(manifest.agents));
  return document(schemaOf(manifest, agent));
}

/** What an agent accepts, named: two versions of an agent are two schemas. */
function schemaOf(team: TeamManifest, { name, version, accepts }: AgentManifest): Record<string, unknown> {
  const { $schema, $id, ...rest } = accepts;
  return { $schema, $id: $id ?? `urn:baton:accepts:${team.name}:${name}:${version}`, ...rest };
}

/** A schema is JSON whether it is asked for as JSON or not. */
function document(value: object): Answer {
  return { json: value, text: `${inertJson(value, 2)}\n` };
}

function unknown(
  code: 'TEAM_UNKNOWN' | 'SCHEMA_UNKNOWN',
  name: string,
  field: string,
  known: readonly string[],
): BatonError {
  return new BatonError(failure(code, `${JSON.stringify(name)}; there are ${known.join(', ')}`, field));
}
