import type { Executor } from '../learning/training/executor.js';
import type { Inspect, RunObserver } from '../records/run-event.js';
import type { Scenario } from '../scenario/schema.js';
import type { Method } from '../strategies/methods/method.js';
import type { Strategy } from '../strategies/strategy.js';
import type { ActionCode, ConditionCode, ExpectationCode } from './code.js';
import type { Action, Condition, Expectation, TimelineEntry } from './settings.js';

/** A strategy with options of its own, as `using` makes it. */
export interface Used {
  readonly strategy: AnyStrategy;
  readonly options: Readonly<Record<string, unknown>>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- settings and results differ by seam
export type AnyStrategy = Strategy<any, any>;

/** Settings of a scenario, each of which may be left out; where a strategy is named, it may stand itself. */
type Partly<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Partly<T[K]> | (K extends StrategyKey ? AnyStrategy | Used : never) }
    : T;
type StrategyKey = 'aggregation' | 'selection' | 'discipline' | 'fading' | 'compression';

/** An entry of the timeline in which functions may stand in place of data. */
export type ScriptedEntry = Omit<TimelineEntry, 'when' | 'do'> & {
  readonly when?: Condition | ConditionCode;
  readonly do: readonly (Action | ActionCode)[];
};

type Conditional = Extract<Expectation, { when: Condition }>;

/** An expectation in which a function may stand in place of data. */
export type ScriptedExpectation =
  | Expectation
  | (Omit<Conditional, 'when'> & { readonly when: Condition | ConditionCode })
  | { readonly expect: 'code'; readonly name?: string; readonly code: ExpectationCode };

/** What a TypeScript scenario exports as its default: settings as in JSON, and what only code can say. */
export interface Definition extends Omit<
  Partly<Omit<Scenario, 'timeline' | 'expectations' | 'method'>>,
  'name'
> {
  readonly name?: string;
  /** A scenario whose settings hold where these say nothing: a file, or one of the package's by its name. */
  readonly extends?: string;
  readonly method?: string | Method;
  readonly timeline?: readonly ScriptedEntry[];
  readonly expectations?: readonly ScriptedExpectation[];
  readonly observers?: readonly RunObserver[];
  readonly executor?: Executor;
  /** Hears what XState tells of the run's actors. */
  readonly inspect?: Inspect;
}

/** A scenario in TypeScript. It only gives the types: nothing is registered, and nothing runs. */
export function defineScenario(definition: Definition): Definition {
  return definition;
}

/** A strategy with options of its own, where a scenario names one. */
export function using(strategy: AnyStrategy, options: Readonly<Record<string, unknown>>): Used {
  return { strategy, options };
}

type Does = readonly (Action | ActionCode)[];

/** What happens at a virtual time. */
export const at = (atSeconds: number, ...does: Does): ScriptedEntry => ({ atSeconds, do: does });

/** What happens again and again; `fromSeconds` is the first time, `everySeconds` where it is absent. */
export const every = (
  everySeconds: number,
  span: { readonly fromSeconds?: number; readonly toSeconds?: number },
  ...does: Does
): ScriptedEntry => ({ everySeconds, ...span, do: does });

/** What happens when the run tells something for the first time. */
export const when = (condition: Condition | ConditionCode, ...does: Does): ScriptedEntry => ({
  when: condition,
  do: does,
});

type Of<Kind extends string> = Omit<Extract<Condition, { on: Kind }>, 'on'>;

/** An actor ("client-3", "server") enters a step of the paper. */
export const entersStep = (
  actor: string,
  step: string,
  about: Pick<Of<'step'>, 'round'> = {},
): Condition => ({ on: 'step', actor, step, ...about });

/** A row has this figure within limits, for example `metric('accuracy', { task: 'evaluate', atLeast: 0.8 })`. */
export const metric = (name: string, about: Omit<Of<'metric'>, 'metric'> = {}): Condition => ({
  on: 'metric',
  metric: name,
  ...about,
});

/** A message has ended, for example `message({ outcome: 'dropped', from: 'client-3' })`. */
export const message = (about: Of<'message'> = {}): Condition => ({ on: 'message', ...about });

type ActionOf<Name extends Action['action']> = Omit<Extract<Action, { action: Name }>, 'action'>;

/** What a timeline can do; see the schema for units and defaults. */
export const act = {
  blackout: (about: ActionOf<'blackout'>): Action => ({ action: 'blackout', ...about }),
  drop: (about: ActionOf<'drop'>): Action => ({ action: 'drop', ...about }),
  link: (about: ActionOf<'link'>): Action => ({ action: 'link', ...about }),
  slow: (about: ActionOf<'slow'>): Action => ({ action: 'slow', ...about }),
  crash: (client: string, seconds?: number): Action => ({
    action: 'crash',
    client,
    ...(seconds !== undefined && { seconds }),
  }),
  leave: (client: string): Action => ({ action: 'leave', client }),
  join: (client: string): Action => ({ action: 'join', client }),
  weights: (client: string, helpful: number): Action => ({ action: 'weights', client, helpful }),
  stop: (): Action => ({ action: 'stop' }),
} as const;

const named = (name: string | undefined) => (name === undefined ? {} : { name });

/** It happens at least once. */
export const eventually = (condition: Condition | ConditionCode, name?: string): ScriptedExpectation => ({
  expect: 'eventually',
  when: condition,
  ...named(name),
});

/** It never happens. */
export const never = (condition: Condition | ConditionCode, name?: string): ScriptedExpectation => ({
  expect: 'never',
  when: condition,
  ...named(name),
});

type Figure = Omit<Extract<Expectation, { expect: 'finally' }>, 'expect' | 'figure' | 'name'>;

/**
 * A figure of summary.json by its JSON pointer, or a function of the summary that says true, or false or what is
 * wrong: `expect('/stages/instruction/accuracy', { atLeast: 0.8 })`.
 */
export function expect(figure: string, limits: Figure, name?: string): ScriptedExpectation;
export function expect(code: ExpectationCode, name?: string): ScriptedExpectation;
export function expect(
  subject: string | ExpectationCode,
  limitsOrName?: Figure | string,
  name?: string,
): ScriptedExpectation {
  if (typeof subject === 'string') {
    return { expect: 'finally', figure: subject, ...(limitsOrName as Figure), ...named(name) };
  }
  return { expect: 'code', code: subject, ...named(limitsOrName as string | undefined) };
}
