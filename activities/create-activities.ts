import { applicationFailure } from '../contract/application-failure.ts';
import type { CaseActivities } from '../contract/activities.ts';
import { isBatonError } from '../contract/failures.ts';
import { isPoison, poisonFailure } from '../contract/poison.ts';
import type {
  BreakerStore,
  ContextStore,
  LedgerStore,
  ManifestStore,
  PeopleDirectory,
  PolicyStore,
} from '../contract/ports.ts';
import type { DoorKeys } from '../contract/proof.ts';
import type { ToolRates } from '../contract/rates.ts';
import type { TenantBudgets } from '../contract/tenant-budget.ts';
import { classifyFailure } from './classify-failure.ts';
import { requireDirectory, runConsult } from './consult.ts';
import { readKeptTexts, requireContextOfPrivate } from './context/kept-texts.ts';
import { assess } from './signals/assess.ts';
import { proposeInTime, type LearnedPolicy } from './signals/learned.ts';
import { summariseByRule, type Summarise } from './context/summarise.ts';
import { languageOfScript, type DetectLanguage } from './language/detect-language.ts';
import type { Team } from './define-team.ts';
import type { ModelSettings } from './models/model-settings.ts';
import { fetchPolicy } from './fetch-policy.ts';
import { readReadiness, reportFailure, requireBreakers } from './readiness/read-readiness.ts';
import { loadReader } from './readiness/load.ts';
import { doorKeysIfAny, readDoorKeys, requireDoorKeys } from './door-keys.ts';
import { createRegistry, keepPrompts } from './registry.ts';
import { runCall, runUndo, runPreview } from './run-call.ts';
import { runRecord } from './run-record.ts';
import { runTurn } from './run-turn.ts';
import { requireRates } from './tool-rates.ts';
import { withPolicy } from './with-policy.ts';
import { requireSigning, runSeal, type Signing } from './seal.ts';

/** What the activities of a worker are made from. */
export interface ActivityDependencies {
  readonly teams: readonly Team[];
  readonly ledger: LedgerStore;
  readonly manifests: ManifestStore;
  /** Published policies: new cases take a team's current version in place of what the team was built with. */
  readonly policies?: PolicyStore;
  /** Circuit breakers, for teams with agents that have one. */
  readonly breakers?: BreakerStore;
  /** Rates of tools, for teams with tools that have one. */
  readonly rates?: ToolRates;
  /** Budgets of tenants; without them, tenants spend on models what their teams allow. */
  readonly budgets?: TenantBudgets;
  /** Proposes a label for every message of a team with a policy; without it, rules decide alone. */
  readonly learned?: LearnedPolicy;
  /** Where conversations and large facts are kept; without it they travel in payloads (X4). */
  readonly context?: ContextStore;
  /** Writes summaries at boundaries; by rule when absent. */
  readonly summarise?: Summarise;
  /** Tells the language of messages, as `loadLanguages` makes it; by script alone when absent (X7). */
  readonly detectLanguage?: DetectLanguage;
  /** Keys and nonces, for teams that ask for signed handoffs. */
  readonly signing?: Signing;
  /** No handoff is taken unsigned, whatever a manifest says. */
  readonly signatures?: 'required';
  /** Who the people of pools are, for teams whose pools a directory knows. */
  readonly directory?: PeopleDirectory;
  /** The keys of doors that sign decisions, for reviews that ask for proven ones. */
  readonly doorKeys?: DoorKeys;
  /** Keys, addresses and choice of models, for agents that have one. */
  readonly models?: ModelSettings;
}

/**
 * The activities of a case over their dependencies. Pass the result to a worker; every error leaves as a failure of
 * the catalogue.
 */
export function createActivities(dependencies: ActivityDependencies): CaseActivities {
  const {
    ledger,
    manifests,
    policies,
    breakers,
    rates,
    budgets,
    learned,
    context,
    signing,
    signatures,
    directory,
    doorKeys,
    models = {},
    summarise = summariseByRule,
    detectLanguage = languageOfScript,
  } = dependencies;
  requireSigning(dependencies.teams, signing, signatures);
  requireContextOfPrivate(dependencies.teams, context);
  requireDirectory(dependencies.teams, directory);
  requireBreakers(dependencies.teams, breakers);
  requireRates(dependencies.teams, rates);
  const readLoad = loadReader();
  requireDoorKeys(dependencies.teams, doorKeys);
  const registry = createRegistry(dependencies.teams, manifests);
  const turns = {
    registry,
    ledger,
    context,
    summarise,
    signing,
    signatures,
    detectLanguage,
    models,
    breakers,
    rates,
    budgets,
  };
  return {
    // Of a private team's message the case has a reference: what is read out of it is read out of the text itself.
    assess: classified(async (input) => {
      const { text, earlier, keywords, ...rest } = input;
      const said = await readKeptTexts(context, input.caseId, { text, earlier });
      const signals = assess({ ...rest, ...said, keywords }, detectLanguage);
      const proposal = learned && (await proposeInTime(learned, { ...said, language: signals.language }));
      return proposal ? { ...signals, proposal } : signals;
    }),
    'resolve-team': classified(async ({ team: name }) => {
      const published = await policies?.current(name);
      const own = registry.team(name);
      const team = published ? withPolicy(own, published.policy) : own;
      await manifests.put(team.digest, team.manifest);
      await keepPrompts(manifests, team);
      return { ...team.manifest, ...doorKeysIfAny(doorKeys) };
    }),
    'door-keys': classified(() => Promise.resolve({ keys: readDoorKeys(doorKeys) })),
    'fetch-policy': classified((input) => fetchPolicy({ registry, policies }, input)),
    turn: classified((input) => runTurn(turns, input)),
    handoff: classified((input) => runTurn(turns, input)),
    look: classified((input) => runCall(turns, input)),
    preview: classified((input) => runPreview(turns, input)),
    effect: classified((input) => runCall(turns, input)),
    undo: classified((input) => runUndo(turns, input)),
    readiness: classified((input) => readReadiness(breakers, readLoad, input)),
    'report-failure': classified((input) => reportFailure(breakers, input)),
    seal: classified((input) => Promise.resolve(runSeal(signing, input))),
    consult: classified((input) => runConsult(directory, input)),
    record: classified((input) => runRecord(turns, input)),
  };
}

function classified<Input, Output>(
  activity: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    try {
      // Retried, for a worker that has the right keys may take it (F17).
      if (isPoison(input)) throw applicationFailure(poisonFailure(input), { retryable: true });
      return await activity(input);
    } catch (thrown) {
      throw isBatonError(thrown) ? classifyFailure(thrown) : thrown;
    }
  };
}
