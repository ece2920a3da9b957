import assert from 'node:assert/strict';
import { loadData } from '../../../src/learning/data/load.js';
import type { ClientData, Example } from '../../../src/learning/data/types.js';
import { scenarioWith } from './scenario.js';

const small = { examplesPerClient: 12, testPerClient: 4, pairsPerClient: 12 };
const dealt = async (
  data: Parameters<typeof scenarioWith>[0],
  clients: number,
): Promise<readonly ClientData[]> =>
  (await loadData(scenarioWith({ ...small, ...data }, clients), '.', 1)).clients;

describe('data of several clients in one place', () => {
  it('are the rows that the clients would have, each once', async () => {
    const [apart, together] = [await dealt({}, 3), await dealt({ pooledFrom: 3 }, 1)];
    assert.deepEqual(
      together.map(({ id }) => id),
      ['client-1'],
    );
    const lists: readonly ((client: ClientData) => readonly unknown[])[] = [
      ({ train }) => train,
      ({ validation }) => validation,
      ({ test }) => test,
      ({ shared }) => shared,
      ({ pairs }) => pairs.helpful.train,
      ({ pairs }) => pairs.harmless.validation,
      ({ prompts }) => prompts.train,
      ({ prompts }) => prompts.test,
    ];
    const asSet = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
    for (const rowsOf of lists) {
      assert.deepEqual(asSet(rowsOf(together[0]!)), asSet(apart.flatMap(rowsOf)));
    }
  });

  it('come in turns, one row of each client', async () => {
    const [apart, [together]] = [await dealt({}, 3), await dealt({ pooledFrom: 3 }, 1)];
    const first = (client: ClientData): Example => client.test[0]!;
    assert.deepEqual(together!.test.slice(0, 3), apart.map(first));
    assert.deepEqual(together!.test[3], apart[0]!.test[1]);
  });
});
