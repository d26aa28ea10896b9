import { people } from '../../activities/define-team.ts';

/** Takes whatever no specialist can do, and requests for a human. */
export const support = people('support', { sara: { roles: ['lead'] }, sven: { roles: [] } });

/** Says yes or no to larger refunds. */
export const finance = people('finance', { fiona: { roles: ['lead'] }, felix: { roles: [] } });

/** Decides what goes to legal, and what legal sends out. */
export const counsel = people('legal-counsel', { lena: { roles: ['counsel'] } });
