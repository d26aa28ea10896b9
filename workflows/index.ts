export { runCase as 'baton-case' } from './case.ts';
