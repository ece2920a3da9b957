import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { paramSet } from '../../src/learning/params/param-set.js';
import { writeSafetensors } from '../../src/learning/params/safetensors.js';
import { readRun, type RunRecords } from '../../src/records/read.js';
import { checkInputs } from '../../src/run/check.js';
import { runScenario } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';
import { methods, type MethodName } from '../../src/strategies/methods/index.js';
import { placeOf } from './one-place.js';

/** A link on which nothing is lost, so that what arrives does not depend on when it was sent. */
const sureLink = ['channel.lossProbability=0', 'channel.maxTransmissions=50'];

const of = (...stages: readonly string[]) => `stages=${JSON.stringify(stages)}`;

async function run(outFolder: string, ...set: readonly string[]): Promise<RunRecords> {
  const { scenario, folder } = await loadScenario('tiny', { set: [...sureLink, ...set] });
  const { unwritten } = await runScenario({ scenario, folder, outFolder, workers: 1, backend: 'wasm' });
  assert.deepEqual(unwritten, []);
  return readRun(outFolder);
}

const steps = ({ metrics }: RunRecords, actor: string) =>
  metrics.flatMap((row) => (row.type === 'step' && row.actor === actor ? [row.step] : []));

/** The figures of a stage without the moments at which they were measured. */
const figures = ({ metrics }: RunRecords, stage: string) =>
  metrics
    .flatMap((row) =>
      row.type === 'client' && row.stage === stage
        ? [`${row.round} ${row.actor} ${row.task} ${JSON.stringify(row.metrics)}`]
        : [],
    )
    .sort();

describe('a run that goes on from an earlier one', () => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  before(() => void (folder = mkdtempSync(join(tmpdir(), 'pwff-from-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('aligns as the uninterrupted run does: the same figures, critics and parameters', async () => {
    const whole = await run(at('whole'));
    const early = await run(at('early'), of('instruction', 'reward'));
    const late = await run(at('late'), of('alignment'), `from=${at('early')}`);
    assert.deepEqual(late.manifest.from, { folder: at('early'), traceHash: early.summary.traceHash });
    assert.ok(figures(whole, 'alignment').length > 0);
    assert.deepEqual(figures(late, 'alignment'), figures(whole, 'alignment'));
    for (const file of ['global', 'client-1', 'client-2', 'client-3.critic-helpful', 'reward-harmless']) {
      const bytes = (name: string) => readFileSync(join(at(name), 'params', `${file}.safetensors`));
      assert.ok(bytes('late').equals(bytes('whole')), file);
    }
    const { helpful } = late.summary.stages.alignment!.clients[0]!;
    assert.equal(helpful, whole.summary.stages.alignment!.clients[0]!.helpful);
  });

  describe('without learning', () => {
    let early: RunRecords;
    before(async () => {
      early = await run(at('stub'), 'learning=stub', of('instruction', 'reward'));
    });

    const server = {
      instruction: ['1.1', '1.4', '1.5', '1.4', '1.5'],
      reward: ['2.1', '2.4', '2.5', '2.4', '2.5'],
      alignment: ['3.4', '3.5', '3.4', '3.5'],
    } as const;
    const client = {
      instruction: ['1.2', '1.3', '1.3'],
      reward: ['2.2', '2.3', '2.3'],
      alignment: ['3.1', '3.2', '3.3', '3.2', '3.3'],
    } as const;

    for (const stages of [
      ['instruction'],
      ['reward'],
      ['alignment'],
      ['instruction', 'reward'],
      ['reward', 'alignment'],
      ['instruction', 'reward', 'alignment'],
    ] as const) {
      it(`goes through the steps of its stages and sends only what clients lack: ${stages.join(', ')}`, async () => {
        const name = `stub-${stages.join('-')}`;
        const result = await run(at(name), 'learning=stub', of(...stages), `from=${at('stub')}`);
        assert.equal(result.summary.ended.reason, 'finished');
        assert.deepEqual(
          steps(result, 'server'),
          stages.flatMap((stage) => server[stage]),
        );
        assert.deepEqual(
          steps(result, 'client-1'),
          stages.flatMap((stage) => client[stage]),
        );
        const first = result.messages.filter(({ to, round }) => to === 'client-1' && round === 0);
        assert.ok(first.length > 0);
        assert.deepEqual(
          first.flatMap(({ params }) => params.map(({ kind }) => kind)),
          [],
        );
      });
    }

    it('sends base, adapters and reward models to a client that missed them in the earlier run', async () => {
      cpSync(at('stub'), at('missed'), { recursive: true });
      const holdings = { 'client-1': [], 'client-2': ['base', 'adapters'], 'client-3': ['helpful'] };
      writeFileSync(join(at('missed'), 'params', 'holdings.json'), JSON.stringify(holdings));
      rmSync(join(at('missed'), 'params', 'client-1.safetensors'));
      const result = await run(at('found'), 'learning=stub', of('alignment'), `from=${at('missed')}`);
      const kinds = (id: string) =>
        result.messages.find(({ to }) => to === id)!.params.map(({ kind }) => kind);
      assert.deepEqual(kinds('client-1'), ['base', 'adapters', 'reward', 'reward']);
      assert.deepEqual(kinds('client-2'), ['reward', 'reward']);
      assert.deepEqual(kinds('client-3'), ['base', 'adapters', 'reward']);
      assert.deepEqual(steps(result, 'client-1').slice(0, 3), ['1.2', '3.1', '3.2']);
      assert.equal(result.messages.find(({ to }) => to === 'client-1')!.kind, 'alignment-global');
    });

    it('sends everything anew where another codec changes it', async () => {
      const result = await run(
        ...[at('half'), 'learning=stub', of('alignment'), `from=${at('stub')}`],
        'channel.compression=float16',
      );
      const [first] = result.messages;
      assert.deepEqual(
        first!.params.map(({ kind }) => kind),
        ['adapters', 'reward', 'reward'],
      );
      const parameters = first!.params.reduce((sum, part) => sum + part.parameters, 0);
      assert.equal(first!.bits, result.manifest.scenario.channel.headerBits + 16 * parameters);
    });

    it('may go on again and again: the parts that a run does not train stay as they are', async () => {
      await run(at('one'), 'learning=stub', of('instruction'));
      await run(at('two'), 'learning=stub', of('reward'), `from=${at('one')}`);
      const three = await run(at('three'), 'learning=stub', of('alignment'), `from=${at('two')}`);
      assert.equal(three.summary.ended.reason, 'finished');
      const global = (name: string) => readFileSync(join(at(name), 'params', 'global.safetensors'));
      assert.ok(global('two').equals(global('one')));
      assert.ok(!global('three').equals(global('one')));
    });

    for (const method of Object.keys(methods) as MethodName[]) {
      it(`goes on with the parts of ${method}`, async () => {
        const set = ['learning=stub', `method=${method}`, ...placeOf(method)];
        await run(at(`early-${method}`), ...set, of('instruction', 'reward'));
        const late = await run(
          at(`late-${method}`),
          ...set,
          of('alignment'),
          `from=${at(`early-${method}`)}`,
        );
        assert.equal(late.summary.ended.reason, 'finished');
        assert.deepEqual(steps(late, 'client-1').slice(0, 2), ['3.1', '3.2']);
      });
    }

    it('notes what a reader of its figures should know of the earlier run', async () => {
      const set = ['seed=2', of('alignment'), `from=${at('stub')}`];
      assert.deepEqual(await checkInputs(await loadScenario('tiny', { set })), [
        'from: learning was stub in that run: nobody trained its parameters',
        'from: that run had another seed or other data; its clients have been dealt other rows than these',
      ]);
    });

    const refusal = async (...set: readonly string[]) => {
      const { scenario, folder } = await loadScenario('tiny', { set: [of('alignment'), ...set] });
      return checkInputs({ scenario, folder }).then(
        () => assert.fail('was not refused'),
        (error: unknown) => {
          assert.ok(error instanceof UserError, String(error));
          return error.message.split('\n');
        },
      );
    };

    it('is refused in one line for each setting that does not fit', async () => {
      const from = `from=${at('stub')}`;
      for (const [set, ...expected] of [
        [['clients.count=2', 'clients.weightHarmless=uniform'], '/clients/count: is 2, expected 3, as'],
        [['method=fedada'], '/method: is "fedada", expected "pwff", as'],
        [['model.lora.r=3'], '/model/lora: is {', '"r":'],
        [['reward.hidden=17', 'model.adapters.bottleneck=3'], '/model/adapters: is', '/reward/hidden: is 17'],
      ] as const) {
        const lines = (await refusal(from, ...set)).join('\n');
        for (const part of expected) assert.ok(lines.includes(part), lines);
        assert.ok(lines.startsWith('scenario tiny: '), lines);
      }
      await assert.rejects(
        loadScenario('tiny', { set: [of('alignment'), 'from=gone'] }),
        /\/from: is "gone\/manifest\.json", which does not exist/,
      );
    });

    it('may have fewer reward models than the earlier run, and not one that only measurement had', async () => {
      await run(at('single'), 'learning=stub', 'method=sfl', of('instruction', 'reward'));
      assert.deepEqual(await refusal(`from=${at('single')}`), [
        'scenario tiny: /method: is "pwff", expected a method without a reward model of harmlessness, which sfl, ' +
          'the method of the run of /from, has none of',
      ]);
      const fewer = await loadScenario('tiny', {
        set: ['method=sfl', of('alignment'), `from=${at('stub')}`],
      });
      await checkInputs(fewer);
    });

    it('is refused where a stage is missing that it needs', async () => {
      await run(at('only'), 'learning=stub', of('instruction'));
      assert.match(
        (await refusal(`from=${at('only')}`))[0]!,
        /reward-helpful\.safetensors: is missing, expected/,
      );
      await run(at('untuned'), 'learning=stub', of('reward'));
      assert.match((await refusal(`from=${at('untuned')}`))[0]!, /global\.safetensors: is missing, expected/);
    });

    it('is refused where a file is torn, or holds what is no number, or has tensors of another model', async () => {
      const damaged = async (name: string, damage: (file: string) => void) => {
        cpSync(at('stub'), at(name), { recursive: true });
        damage(join(at(name), 'params', 'reward-helpful.safetensors'));
        return (await refusal(`from=${at(name)}`))[0]!;
      };
      assert.match(await damaged('torn', (file) => truncateSync(file, 200)), /reward-helpful\.safetensors: /);
      const nan = paramSet('reward', [{ name: 'x', shape: [1], values: [NaN] }]);
      const other = (file: string) => writeFileSync(file, writeSafetensors([nan]));
      assert.match(await damaged('other', other), /\/x: is a tensor that this model has no place for/);
      const poison = (file: string) => {
        const bytes = readFileSync(file);
        bytes.writeFloatLE(NaN, bytes.length - 4);
        writeFileSync(file, bytes);
      };
      assert.match(await damaged('nan', poison), /is NaN at index 0, expected finite numbers/);
    });

    it('is refused the folder of the run that it goes on from as its own', async () => {
      await assert.rejects(
        run(at('stub'), 'learning=stub', of('alignment'), `from=${at('stub')}`),
        /\/from: is ".*", the folder that this run would write, expected the folder of another run/,
      );
      assert.equal((await readRun(at('stub'))).summary.traceHash, early.summary.traceHash);
    });
  });

  it('learns rewards without instruction tuning and without an earlier run', async () => {
    const result = await run(at('rewards'), 'learning=stub', of('reward'));
    assert.deepEqual(steps(result, 'client-1'), ['2.2', '2.3', '2.3']);
    assert.deepEqual(
      Object.entries(result.summary.stages)
        .filter(([, stage]) => stage)
        .map(([stage]) => stage),
      ['reward'],
    );
  });
});
