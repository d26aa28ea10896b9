/** What is timed in the sandbox: the check of one signature, as doors of cases call it. */
export { isSignedBy } from '../../contract/signature.ts';
