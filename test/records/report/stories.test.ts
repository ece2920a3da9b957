import assert from 'node:assert/strict';
import { attemptSentence, resultOf, Stories, trackOf } from '../../../src/records/report/stories.js';
import { readWhole } from '../../../src/records/row-reader.js';
import type { MessageRow } from '../../../src/records/rows.js';
import { attemptStory, messageRow } from './radio-rows.js';

const chosenStories = (messages: readonly MessageRow[]) => readWhole(new Stories(), { messages }).chosen;

describe('the stories that are shown', () => {
  const story = [attemptStory({})];
  const down = { from: 'server', to: 'client-1', kind: 'global' };

  it('are the slowest of each direction and the one with most attempts', () => {
    const messages = [
      messageRow({ id: 1, delaySeconds: 5, story }),
      messageRow({ id: 2, delaySeconds: 9, story }),
      messageRow({ id: 3, ...down, delaySeconds: 7, story }),
      messageRow({ id: 4, attempts: 2, delaySeconds: 1, story }),
      messageRow({ id: 5, attempts: 2, outcome: 'dropped', reason: 'loss', delaySeconds: 90, story }),
    ];
    assert.deepEqual(
      chosenStories(messages).map(({ why, message }) => [message.id, why]),
      [
        [2, 'slowest delivered upload'],
        [3, 'slowest delivered download'],
        [5, 'most attempts'],
      ],
    );
  });

  it('call a message dropped where none was sent twice', () => {
    const lost = messageRow({ id: 1, outcome: 'dropped', reason: 'loss', story });
    assert.deepEqual(
      chosenStories([lost]).map(({ why }) => why),
      ['dropped'],
    );
  });

  it('show no message twice, no copy, and none without a story', () => {
    const slowest = messageRow({ id: 1, attempts: 4, delaySeconds: 9, story });
    const copy = messageRow({ id: 2, copyOf: 1, delaySeconds: 20, story });
    const untold = messageRow({ id: 3, delaySeconds: 30 });
    assert.deepEqual(
      chosenStories([slowest, copy, untold]).map(({ message }) => message.id),
      [1],
    );
    assert.deepEqual(chosenStories([]), []);
  });
});

describe('an attempt', () => {
  it('is told in words', () => {
    const lost = attemptStory({
      atSeconds: 3,
      packets: 8,
      lostPackets: 2,
      lost: 'outage',
      acknowledged: false,
    });
    assert.equal(
      attemptSentence(lost, 0),
      'Attempt 1 at 3 s, 1 s over 10 blocks, 1 Mbit, 2 of 8 packets: lost to outage, sent above what the ' +
        'channel carried.',
    );
    const unheard = attemptStory({ acknowledged: false, blocks: 1 });
    assert.equal(
      attemptSentence(unheard, 1),
      'Attempt 2 at 0 s, 1 s over 1 block, 1 Mbit: arrived, not acknowledged.',
    );
  });

  it('is lost, unheard of, or arrived', () => {
    const results = [
      attemptStory({ lost: 'fault', acknowledged: false }),
      attemptStory({ acknowledged: false }),
      attemptStory({}),
    ].map(resultOf);
    assert.deepEqual(results, ['lost', 'arrived, not acknowledged', 'arrived']);
  });

  it('draws gain in dB and rate in Mbit/s as steps, with a gap where there is no signal', () => {
    const samples = [
      { atSeconds: 0, gain: 1, rateBps: 2e6 },
      { atSeconds: 1, gain: 0, rateBps: 0 },
      { atSeconds: 3, gain: 10, rateBps: 4e6 },
    ];
    assert.deepEqual(trackOf([attemptStory({ seconds: 4, samples })]), [
      { run: 1, seconds: 0, gainDb: 0, rateMbps: 2 },
      { run: 1, seconds: 1, gainDb: 0, rateMbps: 2 },
      { run: 2, seconds: 1, gainDb: null, rateMbps: 0 },
      { run: 2, seconds: 3, gainDb: null, rateMbps: 0 },
      { run: 3, seconds: 3, gainDb: 10, rateMbps: 4 },
      { run: 3, seconds: 4, gainDb: 10, rateMbps: 4 },
    ]);
  });

  it('has no track where the records keep no samples', () => {
    assert.deepEqual(trackOf([attemptStory({})]), []);
  });
});
