import assert from 'node:assert/strict';
import { attacks } from '../../../src/learning/clients/attacks/index.js';
import type { Attack } from '../../../src/learning/clients/attacks/attack.js';
import type { ClientData, Example, PreferencePair } from '../../../src/learning/data/types.js';
import type { Choice } from '../../../src/settings/choice.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { made } from '../../../src/strategies/strategy.js';
import type { aggregations } from '../../../src/strategies/aggregation/index.js';
import { listed, set, update, wBy, type Tensors } from '../../strategies/aggregation/literal-lists.js';

const attack = (choice: Choice): Attack => made(attacks, choice, {});
const draw = () => stream(1, 'attack');
/** What is sent in place of `own` by one that began with `start`. */
const sent = (choice: Choice, own: Tensors, start: Tensors, first = own) =>
  listed(attack(choice).update!({ own: set(own), start: set(start), first: set(first) }, draw()));

describe('attacks on updates', () => {
  it('have a table by their names', () => {
    for (const [name, strategy] of Object.entries(attacks)) assert.equal(strategy.name, name);
  });

  it('sign-flip goes as far the other way', () => {
    // The step is +2 and -3.
    assert.deepEqual(sent('sign-flip', { w: [3, 4] }, { w: [1, 7] }), { w: [-1, 10] });
    assert.deepEqual(sent({ name: 'sign-flip', scale: 10 }, { w: [3, 4] }, { w: [1, 7] }), { w: [-19, 37] });
  });

  it('scaled goes further the same way', () => {
    assert.deepEqual(sent({ name: 'scaled', scale: 4 }, { w: [3, 4] }, { w: [1, 7] }), { w: [9, -5] });
  });

  it('find each tensor of the start by its name, whatever else there is', () => {
    assert.deepEqual(sent('sign-flip', { a: [2], b: [5] }, { c: [9], b: [4], a: [1] }), { a: [0], b: [3] });
    assert.throws(
      () => sent('sign-flip', { a: [2] }, { b: [2] }),
      /tensor a of an update is not in the model/,
    );
  });

  it('noise adds a normal draw of its standard deviation to each parameter', () => {
    const count = 20_000;
    const own = { w: Array.from({ length: count }, () => 5) };
    const { w } = sent({ name: 'noise', std: 0.5 }, own, own);
    const off = w!.map((value) => value - 5);
    const mean = off.reduce((sum, value) => sum + value, 0) / count;
    const variance = off.reduce((sum, value) => sum + value * value, 0) / count;
    assert.ok(Math.abs(mean) < (4 * 0.5) / Math.sqrt(count), String(mean));
    // The standard error of a variance is sqrt(2 / n) of it.
    assert.ok(Math.abs(variance / 0.25 - 1) < 4 * Math.sqrt(2 / count), String(variance));
  });

  it('stale-replay sends what it sent first', () => {
    assert.deepEqual(sent('stale-replay', { w: [3] }, { w: [1] }, { w: [2] }), { w: [2] });
    assert.equal(attack('stale-replay').replays, true);
  });
});

describe('label-flip', () => {
  const row = (instruction: string, output: string): Example => ({
    instruction,
    input: '',
    output,
    topic: 'benign',
    family: 'count',
  });
  const pair: PreferencePair = {
    instruction: 'q',
    input: '',
    chosen: 'good',
    rejected: 'bad',
    topic: 'benign',
    family: 'count',
  };
  const outputs = ['one', 'two', 'three', 'four', 'five'];
  const own: ClientData = {
    id: 'client-1',
    train: outputs.map((output, i) => row(`row ${i}`, output)),
    validation: [row('v', 'right')],
    test: [row('t', 'right')],
    shared: [],
    pairs: {
      helpful: { train: [pair], validation: [pair], test: [pair] },
      harmless: { train: [pair, pair], validation: [], test: [] },
    },
    prompts: { train: [], test: [] },
  };
  const flipped = attack('label-flip').data!(own, draw());

  it('gives each training row the response of another one, and every response to one row', () => {
    assert.deepEqual(
      flipped.train.map(({ instruction }) => instruction),
      own.train.map(({ instruction }) => instruction),
    );
    assert.ok(flipped.train.every(({ output }, i) => output !== outputs[i]));
    assert.deepEqual(flipped.train.map(({ output }) => output).sort(), [...outputs].sort());
  });

  it('swaps chosen and rejected of the training pairs, and of no others', () => {
    for (const objective of ['helpful', 'harmless'] as const) {
      for (const { chosen, rejected } of flipped.pairs[objective].train) {
        assert.deepEqual([chosen, rejected], ['bad', 'good']);
      }
    }
    const { validation, test } = flipped.pairs.helpful;
    assert.deepEqual([validation, test], [[pair], [pair]]);
    assert.deepEqual([flipped.validation, flipped.test], [own.validation, own.test]);
  });

  it('sends its update as it is', () => {
    assert.equal(attack('label-flip').update, undefined);
  });
});

describe('two poisoned clients of ten', () => {
  const start = [1, 1, 1];
  /** What honest clients make of it: about (3, 0, 1.5), each a little different. */
  const steps = Array.from({ length: 11 }, (_, i) => [3 + i / 50, (i % 5) / 50, 1.5 - (i % 3) / 50]);
  interface Outcome {
    readonly w: readonly number[];
    readonly honest: readonly (readonly number[])[];
  }
  /** The aggregate of so many clients, the last two of whom are poisoned. */
  function outcomeOf(
    rule: keyof typeof aggregations,
    options: Readonly<Record<string, unknown>>,
    choice: Choice,
    clients: number,
  ): Outcome {
    const own = steps.slice(0, clients);
    const updates = own.map((w, i) => {
      const part = { own: set({ w }), start: set({ w: start }), first: set({ w }) };
      const params = i < clients - 2 ? part.own : attack(choice).update!(part, stream(1, i));
      return update(`client-${i}`, listed(params), { base: { w: start } });
    });
    return { w: wBy(rule, { global: { w: start }, updates }, options), honest: own.slice(0, clients - 2) };
  }
  /** Whether each coordinate lies between those of honest clients. */
  const isWithin = ({ w, honest }: Outcome) =>
    w.every((value, k) => {
      const values = honest.map((each) => Math.fround(each[k]!));
      return value >= Math.min(...values) && value <= Math.max(...values);
    });
  /** How far it is from the honest mean, as a multiple of the farthest honest client's distance. */
  const farness = ({ w, honest }: Outcome) => {
    const mean = start.map((_, k) => honest.reduce((sum, each) => sum + each[k]!, 0) / honest.length);
    const distance = (from: readonly number[]) => Math.hypot(...from.map((value, k) => value - mean[k]!));
    return distance(w) / Math.max(...honest.map(distance));
  };

  for (const choice of [
    { name: 'sign-flip', scale: 10 },
    { name: 'noise', std: 20 },
  ]) {
    it(`move the plain mean away from all honest updates by ${choice.name}`, () => {
      const outcome = outcomeOf('fedavg', {}, choice, 10);
      assert.equal(isWithin(outcome), false);
      assert.ok(farness(outcome) > 8 / 3, String(farness(outcome)));
    });

    for (const [rule, options, clients] of [
      ['krum', { byzantine: 2 }, 10],
      ['trimmed-mean', { share: 0.2 }, 10],
      // Bulyan asks for 4 f + 3 clients.
      ['bulyan', { byzantine: 2 }, 11],
    ] as const) {
      it(`do not move ${rule} away from them by ${choice.name}`, () => {
        assert.ok(isWithin(outcomeOf(rule, options, choice, clients)));
      });
    }

    it(`move the geometric median by ${choice.name} no further than a share of f / n can`, () => {
      // 2 (n - f) / (n - 2 f) of the honest radius: Minsker, Bernoulli 21(4), 2015, lemma 2.1(b).
      const moved = farness(outcomeOf('geometric-median', {}, choice, 10));
      assert.ok(moved <= 16 / 6, String(moved));
    });
  }
});
