import { controlOf, type RunControl } from './control.js';
import type { World } from '../actors/world.js';
import type { RunEvent } from '../records/run-event.js';
import { codeOf, type Code } from './code.js';
import { isMet } from './conditions.js';
import type { Action, Condition, TimelineEntry } from './settings.js';

/** What runs a timeline: the run's world, the script's functions, whether the server still works, how to stop. */
export interface TimelineOptions {
  readonly world: World;
  readonly code: Code;
  readonly isOver: () => boolean;
  readonly stop: (pointer: string) => void;
}

/** What a timeline does comes after all else of its moment. */
const scriptPriority = 2;

/**
 * Lets the scenario's timeline happen. Moments to come are waited for while the server works, so that one of them
 * may end what would be a deadlock; an endless `everySeconds` alone is not. What is to happen when the run
 * tells something happens at the same virtual time, after whatever else that time has.
 */
export function startTimeline(options: TimelineOptions): void {
  const { timeline } = options.world.scenario;
  timeline.forEach((entry, index) => start(entry, `/timeline/${index}`, options));
}

function start(entry: TimelineEntry, pointer: string, { world, code, isOver, stop }: TimelineOptions): void {
  const { clock, failure, events } = world;
  const control = controlOf(world, pointer, stop);
  const act = () => {
    if (isOver()) return;
    world.record({ type: 'script', pointer, virtualSeconds: clock.nowSeconds });
    failure.guard(() => entry.do.forEach((action) => perform(action, control, code)));
  };
  const after = (seconds: number, fire: () => void, isEndless = false) =>
    clock.at(seconds, fire, { priority: scriptPriority, counts: () => !isEndless && !isOver() });
  const {
    atSeconds,
    everySeconds,
    fromSeconds = everySeconds,
    toSeconds = Infinity,
    when,
    times = 1,
  } = entry;
  if (atSeconds !== undefined) after(atSeconds, act);
  if (everySeconds !== undefined) {
    const again = () => {
      act();
      if (clock.nowSeconds + everySeconds <= toSeconds) after(everySeconds, again, toSeconds === Infinity);
    };
    if (fromSeconds! <= toSeconds) after(fromSeconds!, again, toSeconds === Infinity);
  }
  if (when !== undefined)
    events.subscribe(
      waitFor(when, times, code, () => after(0, act)),
      pointer,
    );
}

/** Hears what the run tells, and acts on it so many times. */
function waitFor(condition: Condition, times: number, code: Code, act: () => void) {
  let left = times;
  return {
    next(event: RunEvent): void {
      if (left === 0 || !isMet(condition, event, code)) return;
      left--;
      act();
    },
  };
}

function perform(action: Action, run: RunControl, { actions }: Code): void {
  switch (action.action) {
    case 'blackout':
      return run.blackout(action, action.seconds);
    case 'drop':
      return run.drop(action, action.seconds);
    case 'link':
      return run.changeLink(action, action);
    case 'slow':
      return (action.client === undefined ? run.clients : [action.client]).forEach((client) =>
        run.slow(client, action.factor),
      );
    case 'crash':
      return run.crash(action.client, action.seconds ?? null);
    case 'leave':
      return run.leave(action.client);
    case 'join':
      return run.join(action.client);
    case 'weights':
      return run.setWeights(action.client, action.helpful);
    case 'stop':
      return run.stop();
    case 'code':
      return codeOf(actions, action.sha256)(run);
  }
}
