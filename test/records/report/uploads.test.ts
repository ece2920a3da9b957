import assert from 'node:assert/strict';
import type { LeftOut } from '../../../src/records/fate.js';
import { turnoutOf } from '../../../src/records/report/series.js';
import { Uploads } from '../../../src/records/report/uploads.js';
import { readWhole, type WholeRows } from '../../../src/records/row-reader.js';
import { evaluation, messageRow, roundRow } from './radio-rows.js';

const uploadsByClient = (rows: WholeRows) => readWhole(new Uploads(), rows).byClient;

describe('uploads by client', () => {
  // Rounds close at 10, 20 and 30 s.
  const rounds = [1, 2, 3].map((round) => roundRow({ round, virtualSeconds: 10 * round }));
  const upload = (id: number, round: number, endedVirtualSeconds: number | null, some = {}) =>
    messageRow({ id, round, endedVirtualSeconds, ...some });

  it('are in the aggregate, or left out for the reasons that their rows give, the most frequent first', () => {
    const out = (id: number, leftOut: LeftOut) => upload(id, 1, 4, { aggregatedIn: null, leftOut });
    const messages = [
      ...[upload(1, 1, 10), out(2, 'given-up'), out(3, 'late'), out(4, 'late')],
      // An update that came late and was accepted is in the aggregate of another round.
      upload(5, 2, 25, { aggregatedIn: 3 }),
      upload(6, 2, 26, { copyOf: 5, aggregatedIn: null, leftOut: 'duplicate' }),
    ];
    const [client] = uploadsByClient({ metrics: rounds, messages });
    assert.deepEqual([client!.sent, client!.inAggregate], [5, 2]);
    assert.deepEqual(client!.leftOut, [
      ['late', 2],
      ['given-up', 1],
    ]);
  });

  it('have the mean delay of what arrived, and the rate and energy of every attempt', () => {
    const messages = [
      upload(1, 1, 4, { delaySeconds: 4, onAirSeconds: 1, airBits: 2e6, transmitJoules: 0.5 }),
      upload(2, 2, 16, { delaySeconds: 6, onAirSeconds: 3, airBits: 4e6, transmitJoules: 1 }),
      upload(3, 3, 25, {
        ...{ outcome: 'dropped', delaySeconds: 90 },
        ...{ onAirSeconds: 4, airBits: 2e6, transmitJoules: 2 },
      }),
    ];
    const [client] = uploadsByClient({ metrics: rounds, messages });
    assert.equal(client!.meanDelaySeconds, 5);
    assert.equal(client!.meanRateBps, 1e6);
    assert.equal(client!.transmitJoules, 3.5);
  });

  it('cost what messages to the client cost too, but have the energy of its own transmissions', () => {
    const down = messageRow({ id: 2, from: 'server', to: 'client-1', price: 0.25, transmitJoules: 7 });
    const [client] = uploadsByClient({ metrics: rounds, messages: [upload(1, 1, 3, { price: 0.5 }), down] });
    assert.equal(client!.price, 0.75);
    assert.equal(client!.transmitJoules, 2);
  });

  it('stand beside the last evaluation, client-10 behind client-9', () => {
    const messages = [10, 9].map((number) => messageRow({ id: number, from: `client-${number}` }));
    // Round 0 is before any training, whenever its row was written.
    const metrics = [...rounds, evaluation('client-9', 3, 0.75, 0.5), evaluation('client-9', 0, 0.1, 0.1)];
    const clients = uploadsByClient({ metrics, messages });
    assert.deepEqual(
      clients.map(({ client, accuracy, sharedAccuracy }) => [client, accuracy, sharedAccuracy]),
      [
        ['client-9', 0.75, 0.5],
        ['client-10', null, null],
      ],
    );
  });

  it('are none where nothing was sent', () => {
    assert.deepEqual(uploadsByClient({ metrics: rounds, messages: [] }), []);
  });
});

describe('turnout', () => {
  it('is the updates of the cohort round by round, and a round without any is lost', () => {
    const rows = [
      roundRow({ round: 1, cohort: 6, updates: 4, late: 1 }),
      roundRow({ round: 2, cohort: 6, updates: 0, loss: null, closedBy: 'deadline' }),
      roundRow({ round: 3, cohort: 6, updates: 6, loss: null }),
      roundRow({ round: 3, stage: 'reward' }),
    ];
    assert.deepEqual(turnoutOf(rows, 'instruction'), [
      { round: 1, cohort: 6, updates: 4, late: 1, lost: false, closedBy: 'answers' },
      { round: 2, cohort: 6, updates: 0, late: 0, lost: true, closedBy: 'deadline' },
      { round: 3, cohort: 6, updates: 6, late: 0, lost: false, closedBy: 'answers' },
    ]);
  });
});
