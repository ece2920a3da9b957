import assert from 'node:assert/strict';
import { Outcomes } from '../../../src/records/report/outcomes.js';
import { readWhole } from '../../../src/records/row-reader.js';
import type { MessageRow } from '../../../src/records/rows.js';
import { messageRow } from './radio-rows.js';

const outcomesByKind = (messages: readonly MessageRow[]) => readWhole(new Outcomes(), { messages }).byKind;

describe('what ended messages', () => {
  it('is counted by kind, with reasons, repeats and copies', () => {
    const down = { kind: 'global', from: 'server', to: 'client-1' };
    const messages = [
      messageRow({ id: 1 }),
      messageRow({ id: 2, attempts: 3, blackoutSeconds: 1.5 }),
      messageRow({ id: 3, attempts: 4, outcome: 'dropped', reason: 'loss' }),
      messageRow({ id: 4, attempts: 4, outcome: 'dropped', reason: 'outage' }),
      messageRow({ id: 5, attempts: 4, outcome: 'dropped', reason: 'outage' }),
      messageRow({ id: 6, copyOf: 1 }),
      messageRow({ id: 7, ...down, attempts: 0, outcome: 'in-flight', delaySeconds: null }),
    ];
    assert.deepEqual(outcomesByKind(messages), [
      {
        kind: 'update',
        sent: 5,
        delivered: 2,
        dropped: 3,
        inFlight: 0,
        reasons: [
          ['outage', 2],
          ['loss', 1],
        ],
        repeats: 0 + 2 + 3 + 3 + 3,
        copies: 1,
        blackoutSeconds: 1.5,
      },
      {
        ...{ kind: 'global', sent: 1, delivered: 0, dropped: 0, inFlight: 1, reasons: [] },
        ...{ repeats: 0, copies: 0, blackoutSeconds: 0 },
      },
    ]);
  });

  it('is left out where nothing was dropped, repeated or duplicated', () => {
    assert.deepEqual(outcomesByKind([messageRow({ id: 1 }), messageRow({ id: 2 })]), []);
    assert.deepEqual(outcomesByKind([]), []);
    assert.equal(outcomesByKind([messageRow({ id: 1, blackoutSeconds: 2 })]).length, 1);
  });
});
