/** Public entry point `baton/testing`: what teams need to test themselves. */
export { scriptedAgent, type ScriptedAgent, type ScriptStep } from './scripted-agent.ts';
