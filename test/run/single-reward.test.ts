import assert from 'node:assert/strict';
import type { ClientRow, RoundRow } from '../../src/records/rows.js';
import { protocolRun } from './untrained.js';

/** Without losses, and with two rounds of each stage. */
const plain = ['reward.convergence.patience=9', 'channel.fading=none', 'channel.uplink.meanSnrDb=20'];

async function stageTwo(method: string) {
  const result = await protocolRun([`method=${method}`, ...plain]);
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  const { messages, metrics } = result.run.written;
  const rows = messages.filter(({ stage }) => stage === 'reward');
  const compute = metrics.filter((row) => row.type === 'client' && row.stage === 'reward');
  return { result, messages, rows, metrics, compute };
}

const bitsOf = (rows: readonly { readonly bits: number }[]) =>
  rows.reduce((total, { bits }) => total + bits, 0);

describe('a method of a single reward model', () => {
  it('sends that one and no other, from Step 2.1 to the end', async () => {
    const { messages, rows } = await stageTwo('sfl');
    assert.deepEqual([...new Set(rows.map(({ kind }) => kind))].sort(), [
      'helpful-global',
      'helpful-model',
      'helpful-update',
    ]);
    assert.ok(messages.every(({ kind }) => !kind.includes('harmless')));
    assert.ok(messages.some(({ stage }) => stage === 'alignment'));
  });

  it('pays in stage 2 half of the bits of a method of two, and in the others what it shares', async () => {
    const [one, both] = [await stageTwo('sfl'), await stageTwo('pwff')];
    assert.ok(bitsOf(one.rows) > 0);
    assert.equal(bitsOf(one.rows), bitsOf(both.rows) / 2);
    const others = ({ messages }: typeof one) => bitsOf(messages.filter(({ stage }) => stage !== 'reward'));
    assert.equal(others(one), others(both));
  });

  it('reports the loss of that one, and is measured by both objectives all the same', async () => {
    const { metrics } = await stageTwo('sfl');
    const rounds = metrics.filter((row): row is RoundRow => row.type === 'round' && row.stage === 'reward');
    // Each objective's held-out loss is 1 in these runs.
    assert.deepEqual(
      rounds.map(({ loss }) => loss),
      [1, 1],
    );
    const scores = metrics.filter((row): row is ClientRow => row.type === 'client' && row.task === 'score');
    assert.equal(scores.length, 9);
    for (const { metrics: figures } of scores) {
      assert.equal(typeof figures['harmless'], 'number');
      assert.equal(typeof figures['reward'], 'number');
    }
  });

  it('has its judge of the other objective averaged from the same answers, by their pairs of that', async () => {
    const { result } = await stageTwo('sfl');
    const { result: both } = await stageTwo('pwff');
    assert.equal(result.global.harmless!.hash, both.global.harmless!.hash);
    assert.equal(result.global.helpful!.hash, both.global.helpful!.hash);
  });
});
