import { protocol, type MessageKind } from '../../../machines/protocol.js';
import type { TimelineEntry } from '../../script/settings.js';
import type { ScriptRow } from '../rows.js';
import type { Span } from './layers.js';
import type { ActivityRows, SentMessage } from './activity.js';

/** When a scripted fault left a link without a signal. */
export interface BlackoutSpan extends Span {
  /** JSON pointer into the scenario. */
  readonly pointer: string;
}

/** What the scenario scripted, and what of its timeline took effect when. */
export interface Script extends Pick<ActivityRows, 'scenario'> {
  readonly scripts: readonly ScriptRow[];
}

/**
 * The blackouts that a message's row blames. One of the timeline begins when its entry took effect; one that a
 * script's own function made has no length in the scenario, and is given the message's `blackoutSeconds`.
 */
export function blackoutsOf(message: SentMessage, { scenario, scripts }: Script): BlackoutSpan[] {
  return message.blackouts.flatMap((pointer) => {
    const [, list, index] = /^\/(channel\/faults|timeline)\/(\d+)/.exec(pointer) ?? [];
    if (list === 'timeline') {
      const entry = scenario.timeline[Number(index)];
      const lengths = entry ? lengthsOf(entry, message) : [];
      return scripts
        .filter((row) => row.pointer === pointer)
        .flatMap(({ virtualSeconds: fromSeconds }) =>
          lengths.map((seconds) => ({ pointer, fromSeconds, toSeconds: fromSeconds + seconds })),
        );
    }
    const { fromSeconds = 0, toSeconds = Infinity } = scenario.channel.faults[Number(index)] ?? {};
    return [{ pointer, fromSeconds, toSeconds }];
  });
}

/** How long an entry of the timeline blacks out the link of a message. */
function lengthsOf(
  { do: actions }: TimelineEntry,
  { from, to, kind, blackoutSeconds }: SentMessage,
): number[] {
  const isUp = protocol[kind as MessageKind].direction === 'up';
  const link = { client: isUp ? from : to, direction: isUp ? 'uplink' : 'downlink' };
  return actions.flatMap((action) => {
    if (action.action === 'code') return [blackoutSeconds];
    if (action.action !== 'blackout') return [];
    const { client = link.client, direction = link.direction, seconds } = action;
    return client === link.client && direction === link.direction ? [seconds] : [];
  });
}
