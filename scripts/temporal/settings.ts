/** How the development server is started, and why so. */
import type { SearchAttributeType } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';

/** A search attribute as `defineSearchAttributeKey` makes it. */
export interface SearchAttribute {
  readonly name: string;
  readonly type: SearchAttributeType;
}

/** The command line's words for the types. */
const typeNames: Readonly<Record<SearchAttributeType, string>> = {
  TEXT: 'Text',
  KEYWORD: 'Keyword',
  INT: 'Int',
  DOUBLE: 'Double',
  BOOL: 'Bool',
  DATETIME: 'Datetime',
  KEYWORD_LIST: 'KeywordList',
};

/** What the command line of a server depends on. */
export interface ServerSettings {
  readonly port: number;
  readonly uiPort: number | undefined;
  readonly namespace: string;
  readonly databaseFile: string;
  readonly tuned?: boolean;
  /** The contract's by default. */
  readonly searchAttributes?: readonly SearchAttribute[];
  readonly dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The queues inside the server are polled 20 times a second by default, which puts every sequential step on a
 * grid of 50 ms; on one machine there is nothing to protect from more. Eager execution lets an activity on the
 * worker's own queue come back with the workflow task. The visibility queue is not on a case's path, but decides
 * when a list shows a change: 95 % within 10 ms instead of 47 ms.
 */
const tunedConfig: Readonly<Record<string, string | number | boolean>> = {
  'history.transferProcessorMaxPollRPS': 2000,
  'history.timerProcessorMaxPollRPS': 2000,
  'history.visibilityProcessorMaxPollRPS': 2000,
  'system.enableActivityEagerExecution': true,
};

/**
 * A write-ahead log synchronised at checkpoints instead of at every commit: everything survives a killed process;
 * only a power cut can cost the last moments.
 */
const tunedPragmas = ['journal_mode=WAL', 'synchronous=NORMAL'];

/** The arguments after `temporal`. */
export function serverArguments(settings: ServerSettings): readonly string[] {
  const tuned = settings.tuned ?? true;
  const dynamicConfig = { ...(tuned ? tunedConfig : {}), ...settings.dynamicConfig };
  return [
    ...['server', 'start-dev', '--log-level', 'warn', '--color', 'never', '--ip', '127.0.0.1'],
    ...['--port', String(settings.port), '--db-filename', settings.databaseFile],
    ...(settings.uiPort === undefined
      ? ['--headless']
      : ['--ui-port', String(settings.uiPort), '--ui-disable-news-fetch']),
    ...(settings.namespace === 'default' ? [] : ['--namespace', settings.namespace]),
    ...(tuned ? tunedPragmas : []).flatMap((pragma) => ['--sqlite-pragma', pragma]),
    ...Object.entries(dynamicConfig).flatMap(([key, value]) => [
      '--dynamic-config-value',
      `${key}=${JSON.stringify(value)}`,
    ]),
    ...(settings.searchAttributes ?? Object.values(SEARCH_ATTRIBUTES)).flatMap(({ name, type }) => [
      '--search-attribute',
      `${name}=${typeNames[type]}`,
    ]),
  ];
}

/** Added to the server's environment: fewer garbage collections, at the price of memory that a server has. */
export function serverEnvironment(tuned: boolean): Readonly<Record<string, string>> {
  return tuned ? { GOGC: '400' } : {};
}
