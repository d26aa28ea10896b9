/** A worker process of the eval: started by `worker-pool.ts`, killed by faults, ended with its parent. */
import { canonicalJson } from '../../../contract/canonical-json.ts';
import type { JsonObject } from '../../../contract/json.ts';
import type { Script, Step } from '../../retail/script.ts';
import { playScripted } from '../../retail/scripted-specialist.ts';
import type { RetailDesk } from '../../retail/team.ts';
import { retailTeam } from '../../retail/team.ts';
import type { StoreVisit } from '../../store-tool.ts';
import type { CaseFaults } from '../fault-plan.ts';
import { planFaults } from '../fault-plan.ts';
import { hostWorker } from '../worker-host.ts';
import type { WorkerOrder } from '../worker-messages.ts';
import { caseIdOf } from '../worker-messages.ts';
import { readFolder, selectTasks } from './folder.ts';
import type { TurnTold } from './observations.ts';
import { plannable, scriptOf } from './script.ts';

interface Part {
  readonly script: Script;
  readonly faults: CaseFaults;
}

const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
const parts = await readParts();
const host = hostWorker<TurnTold>(order, (caseId) => {
  const part = parts.get(caseId);
  if (!part) return undefined;
  const { steps } = part.script;
  return {
    faults: part.faults,
    isStep: (visit, id) => steps.some((step) => step.id === id && isCallOf(step, visit)),
    isFirstChange: (visit) =>
      isCallOf(
        steps.find((step) => step.tool === visit.tool),
        visit,
      ),
  };
});
await host.serve([retailTeam({ ...host.access, run: runAgent })]);

async function readParts(): Promise<ReadonlyMap<string, Part>> {
  const folder = await readFolder(order.data);
  const all = await Promise.all(
    selectTasks(folder, order.ids).map(async (task, index): Promise<[string, Part]> => {
      const script = await scriptOf(task, folder.database);
      const faults = planFaults(order.faults, order.seed, plannable(script), index === 0);
      return [caseIdOf(order.run, script.id), { script, faults }];
    }),
  );
  return new Map(all);
}

function runAgent(...[specialist, turn]: Parameters<RetailDesk['run']>): ReturnType<RetailDesk['run']> {
  const scripts = [...parts.values()].map((part) => part.script);
  const answer = playScripted((id) => scripts.find((script) => script.id === id), specialist, turn);
  const { intent } = answer;
  const handedOn =
    intent.kind === 'transfer'
      ? { to: intent.to, facts: { ...turn.memory, ...answer.facts, ...intent.facts } }
      : undefined;
  host.turn(turn.caseId, intent.kind !== 'call' && intent.kind !== 'transfer', {
    agent: specialist,
    ...(turn.transfer ? { handoffId: turn.transfer.handoffId } : {}),
    saw: turn.facts,
    ...(handedOn ? { handedOn } : {}),
  });
  return answer;
}

function isCallOf(step: Step | undefined, visit: StoreVisit): boolean {
  if (step?.tool !== visit.tool) return false;
  const input = visit.call.input as JsonObject;
  return Object.entries(step.arguments).every(
    ([name, value]) => canonicalJson(input[name] ?? null) === canonicalJson(value ?? null),
  );
}
