/** A worker process of the eval: started by `worker-pool.ts`, killed by faults, ended with its parent. */
import type { Answer, Turn } from '../../../activities/agent.ts';
import { isJsonObject } from '../../../contract/json.ts';
import type { JsonObject } from '../../../contract/json.ts';
import type { ServiceScript } from '../../services/script.ts';
import { messageIdOf } from '../../services/script.ts';
import { playService } from '../../services/scripted-service.ts';
import { serviceTeams } from '../../services/team.ts';
import type { StoreVisit } from '../../store-tool.ts';
import type { CaseFaults } from '../fault-plan.ts';
import { planFaults } from '../fault-plan.ts';
import { hostWorker } from '../worker-host.ts';
import { caseIdOf } from '../worker-messages.ts';
import type { ServiceTold } from './observations.ts';
import { planFolder } from './plan.ts';
import { plannable, scriptOf } from './script.ts';
import type { SgdOrder } from './run.ts';

const order = JSON.parse(process.argv[2] ?? '') as SgdOrder;
const { services, travelled, routes, vocabulary } = await planFolder(order.data, order.skew);
const played = travelled.filter(({ dialogue }) => order.ids.includes(dialogue.id));
const scripts = new Map<string, ServiceScript>(played.map((one) => [one.dialogue.id, scriptOf(one, routes)]));
const faults = new Map<string, { readonly faults: CaseFaults; readonly first: string | undefined }>(
  played.map(({ dialogue }, index) => {
    const plan = plannable(dialogue);
    const first = plan.steps.find((step) => step.changes)?.id;
    return [
      caseIdOf(order.run, dialogue.id),
      { faults: planFaults(order.faults, order.seed, plan, index === 0), first },
    ];
  }),
);
const host = hostWorker<ServiceTold>(order, (caseId) => {
  const planned = faults.get(caseId);
  if (!planned) return undefined;
  return {
    faults: planned.faults,
    isStep: isRequest,
    isFirstChange: (visit) => planned.first !== undefined && isRequest(visit, planned.first),
  };
});
await host.serve(serviceTeams({ ...host.access, services, routes, vocabulary, run }));

function run(service: string, turn: Turn<JsonObject>): Answer {
  const answer = playService((id) => scripts.get(id), vocabulary, service, turn);
  const { kind } = answer.intent;
  const place = turn.facts['place'];
  host.turn(turn.caseId, kind !== 'call' && kind !== 'transfer', {
    service,
    ...(turn.transfer ? { handoffId: turn.transfer.handoffId } : {}),
    ...(isJsonObject(place) && typeof place['turn'] === 'number' ? { turn: place['turn'] } : {}),
    saw: turn.facts,
    refused: turn.answers
      .filter((one) => one.answer.kind === 'refused')
      .map((one) => messageIdOf(Number(one.id.replace('call-', '')))),
  });
  return answer;
}

function isRequest(visit: StoreVisit, stepId: string): boolean {
  const input = visit.call.input as JsonObject;
  return input['request'] === messageIdOf(Number(stepId));
}
