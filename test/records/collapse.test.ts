import assert from 'node:assert/strict';
import { collapses } from '../../src/records/collapse.js';
import type { ClientRow, MetricRow } from '../../src/records/rows.js';
import { resolveScenario } from '../../src/scenario/validate.js';

const limits = { klNats: 25, entropyShare: 0.1, lengthFactor: 1.75, phraseShare: 0.25 };

const row = (task: string, client: number, round: number, metrics: ClientRow['metrics']): MetricRow => ({
  type: 'client',
  stage: 'alignment',
  round,
  actor: `client-${client}`,
  virtualSeconds: round,
  task,
  metrics,
});

/** Score rows of one client by round, from round 0. */
const scores = (client: number, rounds: readonly ClientRow['metrics'][]) =>
  rounds.map((metrics, round) => row('score', client, round, metrics));

/** Align rows of one client by round, from round 1: nats per token. */
const samples = (client: number, rounds: readonly (number | null)[]) =>
  rounds.map((entropy, index) => row('align', client, index + 1, { 'policy/entropy_avg': entropy }));

const divergences = (client: number, values: readonly number[]) =>
  scores(
    client,
    values.map((klK1) => ({ klK1 })),
  );

const lengths = (client: number, values: readonly (readonly [length: number, reward: number])[]) =>
  scores(
    client,
    values.map(([length, reward]) => ({ length, reward })),
  );

describe('the collapse of an alignment', () => {
  it('is not found where nothing passes a limit, nor in rows of other tasks', () => {
    const calm = [
      ...divergences(1, [0, 24.9, 25]),
      ...samples(1, [0.5, 0.05]),
      ...lengths(1, [
        [4, 0],
        [7, 1],
      ]),
      row('evaluate', 1, 3, { klK1: 1000 }),
    ];
    assert.deepEqual(collapses(calm, limits), []);
    assert.deepEqual(collapses([], limits), []);
  });

  it('is a divergence beyond its limit, of a client or of the mean, with its first and last round', () => {
    // The means are 0, 15, 28 and 20.
    const rows = [...divergences(1, [0, 10, 26, 30]), ...divergences(2, [0, 20, 30, 10])];
    assert.deepEqual(collapses(rows, limits), [
      { kind: 'kl-runaway', client: null, since: 2, round: 2, value: 28, threshold: 25 },
      { kind: 'kl-runaway', client: 'client-1', since: 2, round: 3, value: 30, threshold: 25 },
      { kind: 'kl-runaway', client: 'client-2', since: 2, round: 2, value: 30, threshold: 25 },
    ]);
  });

  it('can be one client’s alone', () => {
    const rows = [...divergences(1, [0, 30]), ...divergences(2, [0, 2])];
    assert.deepEqual(
      collapses(rows, limits).map(({ client }) => client),
      ['client-1'],
    );
  });

  it('is an entropy per token that has fallen to less than a share of its first', () => {
    const rows = samples(1, [0.5, 0.25, 0.03125]);
    assert.deepEqual(collapses(rows, limits), [
      { kind: 'entropy-collapse', client: null, since: 3, round: 3, value: 0.0625, threshold: 0.1 },
      { kind: 'entropy-collapse', client: 'client-1', since: 3, round: 3, value: 0.0625, threshold: 0.1 },
    ]);
  });

  it('is of the whole distribution, however surprising or long the sampled responses were', () => {
    const sampled = [
      { 'policy/entropy_avg': 1, 'objective/entropy': 40, 'val/response_length': 10 },
      { 'policy/entropy_avg': 0.9, 'objective/entropy': 1, 'val/response_length': 10 },
      { 'policy/entropy_avg': 0.09, 'objective/entropy': 40, 'val/response_length': 10 },
    ];
    const rows = sampled.map((metrics, index) => row('align', 1, index + 1, metrics));
    assert.deepEqual(
      collapses(rows, limits).map(({ client, since, value }) => [client, since, value]),
      [
        [null, 3, 0.09],
        ['client-1', 3, 0.09],
      ],
    );
  });

  it('begins with the first round that sampled anything', () => {
    const rows = samples(1, [null, 0.5, 0.03125]);
    assert.deepEqual(
      collapses(rows, limits).map(({ since, value }) => [since, value]),
      [
        [3, 0.0625],
        [3, 0.0625],
      ],
    );
  });

  it('holds each client’s entropy against its own, whoever else takes part in the round', () => {
    // client-2 begins at 0.01 nats and comes in the second round only: its share is 1, the mean share 1.
    const late = row('align', 2, 2, { 'policy/entropy_avg': 0.01 });
    assert.deepEqual(collapses([...samples(1, [1, 1]), late], limits), []);
  });

  it('does not see an entropy where none was sampled, or none was there to lose', () => {
    const rows = [row('align', 1, 1, { 'loss/total': 1 }), row('align', 1, 2, { 'loss/total': 1 })];
    assert.deepEqual(collapses(rows, limits), []);
    assert.deepEqual(collapses(samples(1, [0, 0]), limits), []);
  });

  it('is a length that has grown beyond its limit while the score rose', () => {
    const rising = lengths(1, [
      [4, 0],
      [6, 0.5],
      [8, 0.9],
    ]);
    assert.deepEqual(collapses(rising, limits), [
      { kind: 'length-hacking', client: null, since: 2, round: 2, value: 2, threshold: 1.75 },
      { kind: 'length-hacking', client: 'client-1', since: 2, round: 2, value: 2, threshold: 1.75 },
    ]);
    const falling = lengths(1, [
      [4, 0],
      [8, -0.1],
    ]);
    assert.deepEqual(collapses(falling, limits), [], 'who wins nothing by length does not hack');
  });

  it('comes in the order of the rounds, and can be of several kinds', () => {
    const rows = [...divergences(1, [0, 1, 2, 99]), ...samples(1, [1, 0.01])];
    const kinds = collapses(rows, limits).map(({ kind, since }) => `${kind} ${since}`);
    assert.deepEqual([...new Set(kinds)], ['entropy-collapse 2', 'kl-runaway 3']);
  });

  it('has the limits of the scenario, whose defaults are 25 nats, a tenth and 1.75', () => {
    assert.deepEqual(resolveScenario({ name: 'x' }).alignment.collapse, limits);
    assert.equal(collapses(divergences(1, [0, 5]), { ...limits, klNats: 4 }).length, 2);
  });
});
