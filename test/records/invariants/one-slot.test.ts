import assert from 'node:assert/strict';
import { oneSlot } from '../../../src/records/invariants/one-slot.js';
import { channelWith } from '../../radio/channel/a-link.js';
import { messageRecords, updateOf, upload } from './sound-round.js';

/** What the checker hears of two clients whose updates end at these times, and then of their aggregate. */
function aggregateOf(sharing: string, ...endSeconds: readonly number[]): () => void {
  const checker = oneSlot(channelWith({ uplink: { sharing } }));
  const from = (i: number) => `client-${i}`;
  return () => {
    endSeconds.forEach((seconds, i) => {
      for (const record of messageRecords(
        i,
        from(i),
        'server',
        upload('instruction', 1, 'adapters'),
        seconds,
      )) {
        if (record.type === 'bus') checker.onBus?.(record.event);
      }
    });
    checker.onAggregate?.(endSeconds.map((_, i) => ({ ...updateOf(1), from: from(i) })));
  };
}

describe('the checker of slots', () => {
  it('accepts an aggregate of updates that were on the air at once', () => {
    assert.doesNotThrow(aggregateOf('over-the-air', 3, 3));
  });

  it('refuses one of updates of two slots', () => {
    assert.throws(
      aggregateOf('over-the-air', 3, 4),
      /one-slot: the aggregate has updates of slots that ended at/,
    );
  });

  it('says nothing where each update has a band of its own', () => {
    assert.doesNotThrow(aggregateOf('orthogonal', 3, 4));
  });
});
