import assert from 'node:assert/strict';
import { updateName, type Upload, type WorkOrder } from '../../machines/events.js';
import {
  protocol,
  rewardParts,
  type RewardPart,
  type Stage,
  type UploadKind,
} from '../../machines/protocol.js';
import type { GatheredUpdate, Member } from '../../machines/server.js';
import { keyedList } from '../../src/keyed-list.js';
import { clientsOf, hasAnswered, meanLoss, quorate } from '../../src/actors/answers.js';

/** An update on version 1, or on one so many versions before it. */
const received = (
  from: string,
  kind: UploadKind,
  staleness = 0,
  loss: Upload['loss'] = 1,
): GatheredUpdate => ({
  from,
  staleness,
  upload: {
    direction: 'up',
    kind,
    answers: orderOf(protocol[kind].stage, staleness),
    startedFrom: { base: null, adapters: null, lora: null, helpful: null, harmless: null },
    params: {},
    rows: 1,
    loss,
  },
});

const orderOf = (stage: Stage, staleness = 0): WorkOrder => ({ stage, version: 1 - staleness, order: 1 });

/** Everybody was ordered to work on version 1, which c does not know. */
const round = (
  updates: readonly GatheredUpdate[],
  stage: Stage = 'reward',
  rewards: readonly RewardPart[] = rewardParts,
) => {
  const member = (id: string, unreached = false): Member => ({
    holdings: [],
    acknowledged: [],
    order: orderOf(stage),
    orderedAtSeconds: 0,
    unreached,
    presence: 'here',
    unusable: null,
    failed: false,
    urged: null,
    receipts: updates.flatMap(({ from, upload }) => (from === id ? [updateName(upload)] : [])),
    history: { version: null, loss: null, seconds: null, reports: [], orders: 0, asked: [], failures: 0 },
  });
  const members = keyedList([
    ['a', member('a')],
    ['b', member('b')],
    ['c', member('c', true)],
  ]);
  return {
    stage,
    version: 1,
    rewards,
    members,
    updates: updates.map(({ from, upload }) => ({ from, upload })),
  };
};

describe('the answers of a round', () => {
  it('of stage 2 are two per client, both of this round; a client that was not reached owes none', () => {
    const one = received('a', 'helpful-update');
    assert.equal(hasAnswered(round([one]), 'a'), false);
    assert.equal(hasAnswered(round([one, received('a', 'harmless-update', 1)]), 'a'), false);
    assert.equal(hasAnswered(round([one, received('a', 'harmless-update')]), 'a'), true);
    assert.equal(hasAnswered(round([one]), 'b'), false);
    assert.equal(hasAnswered(round([]), 'c'), true);
  });

  it('of stage 2 are one per client where the method has one reward model', () => {
    const one = round([received('a', 'helpful-update')], 'reward', ['helpful']);
    assert.equal(hasAnswered(one, 'a'), true);
    assert.equal(hasAnswered(one, 'b'), false);
    assert.deepEqual(
      quorate(one, 1).map(({ upload }) => upload.kind),
      ['helpful-update'],
    );
  });

  it('of the other stages are one per client', () => {
    assert.equal(hasAnswered(round([received('a', 'update')], 'instruction'), 'a'), true);
    assert.equal(hasAnswered(round([received('a', 'alignment-update')], 'alignment'), 'a'), true);
  });

  it('are averaged for each reward model by its own quorum', () => {
    const helpful = received('a', 'helpful-update');
    const harmless = [received('b', 'harmless-update'), received('a', 'harmless-update')];
    const all = [helpful, ...harmless];
    assert.deepEqual(quorate(round(all), 2), harmless);
    assert.deepEqual(quorate(round(all), 3), []);
    assert.deepEqual(clientsOf(quorate(round(all), 1)), ['a', 'b']);
  });

  it('report the mean of the losses that there are: one per client, that of its newest update', () => {
    const pairs = [
      received('a', 'helpful-update', 1, 9),
      received('a', 'harmless-update', 0, 2),
      received('b', 'helpful-update', 0, 4),
      received('b', 'harmless-update', 0, 4),
    ];
    assert.equal(meanLoss(pairs), 3);
    const unmeasured = received('c', 'helpful-update', 0, null);
    assert.equal(meanLoss([...pairs, unmeasured]), 3);
    assert.equal(meanLoss([unmeasured]), null);
  });
});
