import assert from 'node:assert/strict';
import { methods } from '../../../src/strategies/methods/index.js';
import {
  own,
  shared,
  type Method,
  type PartRule,
  type Slot,
} from '../../../src/strategies/methods/method.js';
import {
  awaitsParts,
  partsOf,
  serverParts,
  sharedParts,
  trainedParts,
  type Moment,
} from '../../../src/strategies/methods/parts.js';

const slot = (name: string, kind: Slot['kind'], ...parts: PartRule[]): Slot => ({
  ...shared(kind),
  name,
  parts,
});
const at = (stage: Moment['stage'], round: number, rounds = 10): Moment => ({ stage, round, rounds });
const rule = (roles: PartRule['roles'], share: PartRule['share'], train: PartRule['train'] = 'always') => ({
  ...(roles && { roles }),
  share,
  train,
});

describe('parts of what a method tunes', () => {
  it('are called by their slot, and by their roles where a slot has several, in the order of the slots', () => {
    const slots = [
      slot('shared', 'lora', rule(['A'], 'always'), rule(['B'], 'never')),
      own('adapters'),
      slot('up-first', 'adapters', rule(['up', 'down'], 'always')),
    ];
    assert.deepEqual(
      partsOf({ slots }).map(({ name, roles }) => [name, ...roles]),
      [
        ['shared.A', 'A'],
        ['shared.B', 'B'],
        ['adapters', 'down', 'up'],
        ['up-first.updown', 'up', 'down'],
      ],
    );
    assert.deepEqual(
      partsOf({ slots }).map((part) => part.slot),
      [slots[0], slots[0], slots[1], slots[2]],
    );
  });

  it('have no name of a part that every model has', () => {
    const names = partsOf({ slots: [shared('adapters'), shared('lora')] }).map(({ name }) => name);
    assert.deepEqual(names, ['adapters', 'lora']);
  });

  it('are the server’s where it draws their slot, split or whole, shared or not', () => {
    const slots = [
      { ...own('adapters'), init: 'server' as const },
      own('lora'),
      slot('global', 'lora', rule(['A'], 'never'), rule(['B'], 'always')),
    ];
    assert.deepEqual(serverParts({ slots }), ['adapters', 'global.A', 'global.B']);
  });
});

describe('schedules of parts', () => {
  const alternating = {
    slots: [
      slot(
        'lora',
        'lora',
        rule(['A'], 'odd-rounds', 'odd-rounds'),
        rule(['B'], 'even-rounds', 'even-rounds'),
      ),
    ],
  };

  it('hold in odd rounds and in even rounds, which count from 1', () => {
    for (const [round, part] of [
      [1, 'lora.A'],
      [2, 'lora.B'],
      [3, 'lora.A'],
      [10, 'lora.B'],
    ] as const) {
      for (const stage of ['instruction', 'alignment'] as const) {
        assert.deepEqual(sharedParts(alternating, at(stage, round)), [part]);
        assert.deepEqual(trainedParts(alternating, at(stage, round)), [part]);
      }
    }
  });

  it('hold always or never, in every round', () => {
    const method = { slots: [slot('lora', 'lora', rule(['A'], 'always', 'never'), rule(['B'], 'never'))] };
    for (const round of [1, 2, 3]) {
      assert.deepEqual(sharedParts(method, at('instruction', round)), ['lora.A']);
      assert.deepEqual(trainedParts(method, at('alignment', round)), ['lora.B']);
    }
    assert.deepEqual(sharedParts(method), ['lora.A']);
    assert.deepEqual(trainedParts(method), ['lora.B']);
  });

  it('differ by stage where a method gives one for each', () => {
    const byStage = { instruction: 'even-rounds', alignment: 'never' } as const;
    const method = { slots: [slot('lora', 'lora', rule(undefined, byStage)), shared('adapters')] };
    assert.deepEqual(sharedParts(method, at('instruction', 2)), ['lora', 'adapters']);
    assert.deepEqual(sharedParts(method, at('instruction', 3)), ['adapters']);
    assert.deepEqual(sharedParts(method, at('alignment', 2)), ['adapters']);
  });

  it('hold in the first half of the rounds or in the second, and a round in the middle is of the first', () => {
    const { slots } = methods['feddpa-f'];
    const trained = (rounds: number) =>
      Array.from({ length: rounds }, (_, i) =>
        trainedParts({ slots }, at('alignment', i + 1, rounds)).join(),
      );
    assert.deepEqual(trained(4), ['lora', 'lora', 'personal-lora', 'personal-lora']);
    assert.deepEqual(trained(3), ['lora', 'lora', 'personal-lora']);
    assert.deepEqual(sharedParts({ slots }, at('instruction', 2, 4)), ['lora']);
    assert.deepEqual(sharedParts({ slots }, at('instruction', 3, 4)), []);
  });

  it('have a part to come until the second half, where a method tunes one then and the stage has two rounds', () => {
    const awaits = (rounds: number, method: Pick<Method, 'slots'>) =>
      Array.from({ length: rounds }, (_, i) => awaitsParts(method, at('instruction', i + 1, rounds)));
    assert.deepEqual(awaits(3, methods['feddpa-f']), [true, true, false]);
    assert.deepEqual(awaits(1, methods['feddpa-f']), [false]);
    assert.deepEqual(awaits(3, methods.rolora), [false, false, false]);
  });

  it('without a round say what is ever done, in either stage', () => {
    const once = { instruction: 'never', alignment: 'odd-rounds' } as const;
    const nowhere = { instruction: 'never', alignment: 'never' } as const;
    const slots = [slot('lora', 'lora', rule(['A'], once), rule(['B'], nowhere, nowhere))];
    assert.deepEqual(sharedParts({ slots }), ['lora.A']);
    assert.deepEqual(trainedParts({ slots }), ['lora.A']);
    assert.deepEqual(sharedParts(alternating), ['lora.A', 'lora.B']);
  });
});
