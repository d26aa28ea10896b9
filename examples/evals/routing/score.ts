import type { LabelledConversation } from './labelled-folder.ts';

/** Where a case was after each message that was said. */
export interface PlayedConversation {
  readonly conversation: LabelledConversation;
  /** Owner of the case, or the people whose approval it waits for, each time it came to rest. */
  readonly places: readonly string[];
  /** What went wrong with the case itself; absent when it came to rest each time. */
  readonly trouble?: string;
}

/** How one conversation was routed. */
export interface RoutingReport {
  readonly id: string;
  readonly rightTarget: boolean;
  /** The right target, and upon the right message. */
  readonly rightMoment: boolean;
  /** People got what an agent should have kept. */
  readonly falseEscalation: boolean;
  /** An agent kept what people should have got. */
  readonly missedEscalation: boolean;
  readonly expected: string;
  readonly came: string;
  readonly trouble?: string;
}

/** What a run came to. */
export interface RoutingTotals {
  readonly conversations: number;
  readonly rightTarget: number;
  readonly rightMoment: number;
  readonly falseEscalations: number;
  readonly missedEscalations: number;
  /** Conversations that did not reach the right target at the right moment. */
  readonly failed: readonly string[];
}

/** Holds what happened against the label. */
export function judgeRouting({ conversation, places, trouble }: PlayedConversation): RoutingReport {
  const { id, target, at } = conversation;
  const last = places.at(-1) ?? 'nowhere';
  const rightTarget = trouble === undefined && last === target;
  return {
    id,
    rightTarget,
    rightMoment: rightTarget && places.indexOf(target) + 1 === at,
    falseEscalation: isPeople(last) && !isPeople(target),
    missedEscalation: !isPeople(last) && isPeople(target),
    expected: `${target} upon message ${String(at)}`,
    came: places.join(', ') || last,
    ...(trouble === undefined ? {} : { trouble }),
  };
}

/** Adds reports up. */
export function totalsOfRouting(reports: readonly RoutingReport[]): RoutingTotals {
  const count = (one: (report: RoutingReport) => boolean): number => reports.filter(one).length;
  return {
    conversations: reports.length,
    rightTarget: count((one) => one.rightTarget),
    rightMoment: count((one) => one.rightMoment),
    falseEscalations: count((one) => one.falseEscalation),
    missedEscalations: count((one) => one.missedEscalation),
    failed: reports
      .filter((one) => !one.rightMoment)
      .map((one) => one.id)
      .toSorted(),
  };
}

function isPeople(place: string): boolean {
  return place.startsWith('people:');
}
