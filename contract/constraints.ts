import type { Task } from './envelope.ts';
import { failure, type Failure } from './failures.ts';
import type { TeamManifest } from './team.ts';

/** What a case may not go beyond, whatever its team allows. */
export type BindingConstraints = Pick<Task['constraints'], 'budgetUsd' | 'allowedActions'>;

/** The constraints of a case that bind; none for teams of earlier releases, whose cases only told agents of them. */
export function bindingConstraints(
  manifest: Pick<TeamManifest, 'constraints'>,
  task: Pick<Task, 'constraints'>,
): BindingConstraints {
  if (manifest.constraints === undefined) return {};
  const { budgetUsd, allowedActions } = task.constraints;
  return {
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(allowedActions ? { allowedActions } : {}),
  };
}

/** Why a tool may not be called in a case, or undefined. */
export function refuseAction(tool: string, allowed: readonly string[] | undefined): Failure | undefined {
  if (!allowed || allowed.includes(tool)) return undefined;
  const names = allowed.length > 0 ? allowed.join(', ') : 'none';
  return failure('ACTION_NOT_ALLOWED', `${tool}; this case allows: ${names}`, 'calls.tool');
}

/** Why a case cannot be worked on under its constraints: they name an action that no agent of the team has. */
export function refuseConstraints(
  manifest: TeamManifest,
  task: Pick<Task, 'constraints'>,
): Failure | undefined {
  const { allowedActions = [] } = bindingConstraints(manifest, task);
  const known = new Set(Object.values(manifest.agents).flatMap((agent) => Object.keys(agent.tools)));
  const unknown = allowedActions.filter((one) => !known.has(one));
  if (unknown.length === 0) return undefined;
  const field = 'task.constraints.allowedActions';
  const names = `${unknown.join(', ')}; tools of ${manifest.name}: ${[...known].toSorted().join(', ') || 'none'}`;
  return failure('INPUT_INVALID', `${field}: no tool is called ${names}`, field);
}
