import { isOverTheAir } from '../../radio/channel/directions/sharing.js';
import type { Channel } from '../../radio/channel/settings.js';
import { updateName } from '../../../machines/events.js';
import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('one-slot');

/**
 * Where updates add up over the air, all that one aggregate has of a kind were on the air in one slot: they end at one
 * moment.
 */
export function oneSlot({ uplink }: Channel): Checker {
  if (!isOverTheAir(uplink.sharing)) return {};
  const endedAt = new Map<string, number>();
  return {
    onBus(event) {
      const { from, message } = event.envelope;
      if (event.phase !== 'attempt' || message.direction === 'down') return;
      endedAt.set(`${from} ${updateName(message)}`, event.atSeconds);
    },
    onAggregate(updates) {
      for (const kind of new Set(updates.map((update) => update.kind))) {
        const own = updates.filter((update) => update.kind === kind);
        const ends = new Set(own.map((update) => endedAt.get(`${update.from} ${updateName(update)}`)));
        if (ends.size > 1)
          fail(`the aggregate has ${kind}s of slots that ended at ${[...ends].join(' s and ')} s`);
      }
    },
  };
}
