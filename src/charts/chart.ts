/** A state machine as plain data: all that is drawn of it, and nothing of what it runs. */
export interface Chart {
  /** The machine's id. */
  readonly id: string;
  readonly description: string | null;
  /** The machine's root first, each state before its children, in the order in which they are written. */
  readonly states: readonly ChartState[];
  /** State by state; those of a state in the order in which XState tries them. */
  readonly transitions: readonly ChartTransition[];
}

export interface ChartState {
  /** The state's own id, or XState's: the path from the machine, "channel.idle". */
  readonly id: string;
  /** Its name in its parent. */
  readonly key: string;
  /** Null for the root. */
  readonly parent: string | null;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** The child that a compound state is entered by; what a history state enters that has nothing to recall. */
  readonly initial: string | null;
  /** How much a history state recalls; null for all others. */
  readonly history: 'shallow' | 'deep' | null;
  readonly description: string | null;
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly invokes: readonly ChartInvoke[];
}

export interface ChartInvoke {
  readonly id: string;
  /** The actor's name. */
  readonly src: string;
}

export interface ChartTransition {
  /** See `transitionId`. */
  readonly id: string;
  readonly source: string;
  /** None: the state stays, only actions are taken. Several: one in each region of a parallel state. */
  readonly targets: readonly string[];
  /** done and error: of an invoked actor, or of the state itself; snapshot: of an invoked actor. */
  readonly kind: 'event' | 'always' | 'after' | 'done' | 'error' | 'snapshot';
  /** XState's type of the event, "" of always. */
  readonly event: string;
  /** The same in words, "tune done"; "" of always. */
  readonly trigger: string;
  /** Place among the source's transitions of this event. */
  readonly index: number;
  /** Milliseconds, or the delay's name; null but for after. */
  readonly delay: number | string | null;
  readonly guard: string | null;
  readonly actions: readonly string[];
  /** Whether a source that is among the targets, or above them, is left and entered again. */
  readonly reenter: boolean;
  readonly description: string | null;
}

/** What a state shows: its name, and what it is there for. */
export function titleOf({ key, description }: ChartState): string {
  return description === null ? key : `${key}: ${description}`;
}

/** A transition in UML's words: trigger [guard] / actions; "else" after an alternative that has a guard. */
export function labelOf(transition: ChartTransition): string {
  return [headOf(transition), actionsOf(transition)].filter((part) => part !== '').join(' ');
}

/** What a transition waits for: trigger [guard]. */
export function headOf({ trigger, guard, index }: ChartTransition): string {
  const condition = guard ?? (index > 0 ? 'else' : null);
  return [trigger, ...(condition === null ? [] : [`[${condition}]`])].filter((part) => part !== '').join(' ');
}

/** What a transition does: / actions. An event that changes nothing is kept from the states above. */
export function actionsOf({ actions, targets }: ChartTransition): string {
  if (actions.length > 0) return `/ ${actions.join(', ')}`;
  return targets.length === 0 ? '/ ignored' : '';
}

/** What a state does by itself, in UML's words. */
export function activitiesOf({ entry, exit, invokes }: ChartState): readonly string[] {
  return [
    ...(entry.length > 0 ? [`entry / ${entry.join(', ')}`] : []),
    ...(exit.length > 0 ? [`exit / ${exit.join(', ')}`] : []),
    ...invokes.map(({ src }) => `invoke / ${src}`),
  ];
}

/** A state's transitions that have no target: the state stays, and is not entered again. */
export function stayingIn(state: ChartState, { transitions }: Chart): readonly ChartTransition[] {
  return transitions.filter(({ source, targets }) => source === state.id && targets.length === 0);
}

export function childrenOf(state: ChartState, { states }: Chart): readonly ChartState[] {
  return states.filter(({ parent }) => parent === state.id);
}
