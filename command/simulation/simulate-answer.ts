import { BatonError, failure } from '../../contract/failures.ts';
import { canonicalJson } from '../../contract/canonical-json.ts';
import { loadStage } from '../../simulation/load-stage.ts';
import type { Act } from '../../simulation/judge.ts';
import { quietWorkers } from '../../simulation/quiet-workers.ts';
import { simulateTeam, type Simulation } from '../../simulation/simulate.ts';
import { EXIT } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { inert } from '../output/inert.ts';
import type { Answer } from '../run-command.ts';
import type { SimulateOptions } from './simulate.ts';

/**
 * Tries a team, and tells what each role did.
 * @throws BatonError `CONFIGURATION_INVALID` for a module without the team, `INPUT_INVALID` for a role that it does
 * not have, `SERVER_UNREACHABLE`
 */
export async function simulate(module: string, options: SimulateOptions, host: Host): Promise<Answer> {
  quietWorkers();
  const stage = await loadStage(module, options.team, host.environment);
  try {
    const { team, notes, models } = stage;
    const stranger = options.role?.find((role) => !Object.hasOwn(team.agents, role));
    if (stranger !== undefined) {
      const detail = `${stranger}; roles of ${team.name}: ${Object.keys(team.agents).join(', ')}`;
      throw new BatonError(failure('INPUT_INVALID', detail, 'role'));
    }
    const { address = host.environment['TEMPORAL_ADDRESS'], namespace, role, restMs } = options;
    const simulation = await simulateTeam({
      team,
      notes,
      models,
      signal: host.signal,
      ...(address === undefined ? {} : { address }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(role === undefined ? {} : { roles: role }),
      ...(restMs === undefined ? {} : { restMs }),
    });
    return simulationAnswer(simulation);
  } finally {
    await stage.close();
  }
}

/** What each role did, for people and programs; 1 where one was careless. */
export function simulationAnswer(simulation: Simulation): Answer {
  return {
    json: simulation,
    text: textOf(simulation),
    exitCode: simulation.careless > 0 ? EXIT.refused : EXIT.ok,
  };
}

function textOf({ team, roles, stoodIn, careless }: Simulation): string {
  const lines = [
    `${inert(team)}: nothing was done outside; tools that stood in: ${stoodIn.map((tool) => inert(tool)).join(', ') || 'none'}`,
  ];
  for (const { role, contexts } of roles) {
    lines.push('', inert(role));
    for (const { context, acts, findings } of contexts) {
      lines.push(`  ${context.padEnd(14)}${onceEach(acts.map(inWords)).join('; ') || 'did nothing'}`);
      for (const { kind, problem } of findings) lines.push(`  ${''.padEnd(14)}${kind}: ${inert(problem)}`);
    }
  }
  lines.push('', careless === 0 ? 'no role was careless' : `careless: ${String(careless)}`);
  return `${lines.join('\n')}\n`;
}

/** What is there several times once, with its number. */
function onceEach(words: readonly string[]): readonly string[] {
  return [...new Set(words)].map((word) => {
    const times = words.filter((other) => other === word).length;
    return times === 1 ? word : `${word} x${String(times)}`;
  });
}

function inWords(act: Act): string {
  switch (act.kind) {
    case 'kept-out':
      return `kept out by the contract (${act.code})`;
    case 'replied':
      return `replied ${inert(JSON.stringify(act.text.slice(0, 60)))}`;
    case 'looked-up':
      return `looked up ${inert(act.tool)}`;
    case 'effect':
      return `effect ${inert(act.tool)} ${inert(canonicalJson(act.arguments).slice(0, 100))} (stood in)`;
    case 'call-refused':
      return `call of ${inert(act.tool)} refused (${act.code})`;
    case 'review':
      return `asked people: ${inert(act.question.slice(0, 80))}`;
    case 'handed-on':
      return `handed to ${inert(act.to)} (${inert(act.reasonCode)})`;
    case 'handoff-refused':
      return `handoff to ${inert(act.to)} refused (${act.code})`;
    case 'asked':
      return `asked ${inert(act.to)}`;
    case 'finished':
      return `finished: ${inert(act.outcome)}`;
    case 'turn-failed':
      return `turn failed (${act.code})`;
    case 'dead-letter':
      return `dead letter (${act.code})`;
    case 'never-rested':
      return 'never came to rest';
  }
}
