import { BatonError, failure } from '../../contract/failures.ts';
import { route, type Route } from '../http/route.ts';
import * as answers from '../shapes/administration.ts';
import * as requests from '../shapes/requests.ts';
import { given } from './cases.ts';

/** What those do who look after cases: persons' rights, what is left over, histories, figures. */
export function administrationRoutes(): readonly Route[] {
  return [
    route({
      operation: 'readHistory',
      method: 'GET',
      path: '/cases/{caseId}/history',
      summary: 'The histories of all runs of a case, as Temporal writes them in JSON, for replay',
      action: 'read-history',
      query: requests.NoQuery,
      answer: answers.CaseHistory,
      handle: ({ baton, caseId }) => baton.historyJson(caseId),
    }),
    route({
      operation: 'exportPerson',
      method: 'GET',
      path: '/persons/{person}/export',
      summary: "Everything kept of a person's cases",
      action: 'export-person',
      query: requests.NoQuery,
      answer: answers.PersonExport,
      handle: ({ baton, part, principal }) => baton.exportPerson(part, { tenant: principal.tenant }),
    }),
    route({
      operation: 'erasePerson',
      method: 'POST',
      path: '/persons/{person}/erase',
      summary: "Make everything kept of a person's cases unreadable for good, once all of them have ended",
      action: 'erase-person',
      query: requests.NoQuery,
      body: requests.EmptyBody,
      answer: answers.Erasure,
      handle: ({ baton, part, principal }) => baton.erasePerson(part, { tenant: principal.tenant }),
    }),
    route({
      operation: 'reconcile',
      method: 'POST',
      path: '/reconcile',
      summary: 'Find effects that terminated cases left behind, and open follow-up cases for people',
      action: 'reconcile',
      query: requests.NoQuery,
      body: requests.ReconcileBody,
      answer: answers.Reconciliation,
      handle: ({ baton, principal, body }) => baton.reconcile({ ...given(body), tenant: principal.tenant }),
    }),
    route({
      operation: 'report',
      method: 'GET',
      path: '/report',
      summary: 'How past cases went: by way, rule and person, with what users said',
      action: 'report',
      query: requests.ReportQuery,
      answer: answers.Report,
      handle: ({ baton, principal, query }) => baton.report({ ...given(query), tenant: principal.tenant }),
    }),
    route({
      operation: 'listPolicies',
      method: 'GET',
      path: '/policies',
      summary: 'Published versions of policies, and which one new cases take',
      action: 'list-policies',
      query: requests.PoliciesQuery,
      answer: answers.PolicyList,
      handle: async ({ policies, query }) => {
        if (policies) return { items: await policies.list(query.team) };
        const detail = 'the service was made without a store of policies';
        throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'policies'));
      },
    }),
  ];
}
