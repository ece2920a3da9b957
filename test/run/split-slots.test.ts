import assert from 'node:assert/strict';
import type { Upload } from '../../machines/events.js';
import { hasRole } from '../../src/learning/model/roles.js';
import type { RunEvent } from '../../src/records/run-event.js';
import { methods } from '../../src/strategies/methods/index.js';
import { own, shared, type Method, type PartRule } from '../../src/strategies/methods/method.js';
import { protocolRun, type ProtocolRun } from './untrained.js';

const stageOne = ['stages=["instruction"]', 'instruction.maxRounds=2', 'instruction.convergence.patience=9'];

/** A run of one method of our own, and its uploads as their clients sent them. */
async function runOf(method: Method): Promise<ProtocolRun & { uploads: readonly Upload[] }> {
  const uploads: Upload[] = [];
  const result = await protocolRun([...stageOne, `method=${method.name}`], {
    strategies: { methods: [method] },
    prepare: ({ events }) => {
      const next = (event: RunEvent) => {
        if (event.type !== 'bus' || event.event.phase !== 'sent') return;
        const { message } = event.event.envelope;
        if (message.direction === 'up') uploads.push(message);
      };
      events.subscribe({ next });
    },
  });
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  return { ...result, uploads };
}

const method = (name: string, ...slots: Method['slots']): Method => ({ ...methods.pwff, name, slots });
const lora = (...parts: PartRule[]) => ({ ...shared('lora'), parts });

describe('a run of a method whose slots are split', () => {
  it('uploads the roles that are shared and keeps the others, beside a slot of each client’s own', async () => {
    const run = await runOf(
      method(
        'shares-a',
        lora(
          { roles: ['A'], train: 'always', share: 'always' },
          { roles: ['B'], train: 'always', share: 'never' },
        ),
        { ...own('lora'), name: 'personal' },
      ),
    );
    assert.equal(run.uploads.length, 2 * 3);
    for (const { params } of run.uploads) {
      assert.deepEqual(Object.keys(params), ['lora.A']);
      assert.ok(params['lora.A']!.tensors.every((name) => hasRole(name, ['A'])));
    }
    assert.ok(run.global['lora.A'] && run.global['lora.B'] && !run.global['personal']);
    for (const { model } of run.clients) {
      assert.equal(model['lora.A']!.hash, run.global['lora.A'].hash);
      assert.equal(model['lora.B']!.hash, run.global['lora.B'].hash);
    }
    assert.equal(new Set(run.clients.map(({ model }) => model['personal']!.hash)).size, 3);
  });

  it('uploads each part in its rounds', async () => {
    const run = await runOf(
      method(
        'alternating',
        lora(
          { roles: ['A'], train: 'always', share: 'odd-rounds' },
          { roles: ['B'], train: 'always', share: 'even-rounds' },
        ),
      ),
    );
    const parts = run.uploads.map(({ answers, params }) => [answers.version + 1, ...Object.keys(params)]);
    assert.deepEqual(
      parts.sort((one, other) => Number(one[0]) - Number(other[0])),
      [1, 1, 1, 2, 2, 2].map((round) => [round, round === 1 ? 'lora.A' : 'lora.B']),
    );
  });
});
