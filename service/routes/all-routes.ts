import type { Route } from '../http/route.ts';
import { administrationRoutes } from './administration.ts';
import { budgetRoutes } from './budgets.ts';
import { caseRoutes } from './cases.ts';
import { peopleRoutes } from './people.ts';

let routes: readonly Route[] | undefined;

/** Everything that the service can be asked for, but its streams. */
export function allRoutes(): readonly Route[] {
  return (routes ??= [...caseRoutes(), ...peopleRoutes(), ...administrationRoutes(), ...budgetRoutes()]);
}
