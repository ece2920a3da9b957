import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import {
  backendFinding,
  folderFinding,
  memoryFinding,
  modelFinding,
  nodeFinding,
} from '../../src/cli/doctor.js';
import { pythonFinding } from '../../src/cli/python-finding.js';
import { main } from '../../src/cli/program.js';
import type { Services } from '../../src/cli/services.js';
import { UserError } from '../../src/errors.js';
import type { Summary, ToTarget } from '../../src/records/summary.js';
import type { RunOptions } from '../../src/run/options.js';
import { madeUpRun, notes } from '../records/report/made-up-run.js';
import { defaultFolder } from '../../src/cli/default-folder.js';
import type { Scenario } from '../../src/scenario/schema.js';
import { ending, fakeServices, summaryOf } from './fake-services.js';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function pwff(args: readonly string[], overrides: Partial<Services> = {}): Promise<Outcome> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await main(args, fakeServices(overrides), { out, err });
  const textOf = (stream: PassThrough) => ((stream.read() as Buffer | null) ?? '').toString();
  return { code, out: textOf(out), err: textOf(err) };
}

describe('the command line', () => {
  let folder = '';
  let run = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-cli-'));
    run = join(folder, 'run');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('hands scenario, seed, settings and workers to the run', async () => {
    let given: RunOptions | undefined;
    const args = ['run', 'tiny', '--seed', '5', '--set', 'clients.weightHarmless=uniform', '--workers', '3'];
    const { code } = await pwff([...args, '--backend', 'wasm', '--out', run, '--set', 'server.quorum=1'], {
      runScenario: (options) => {
        given = options;
        return fakeServices().runScenario(options);
      },
    });
    assert.equal(code, 0);
    assert.equal(given?.scenario.seed, 5);
    assert.equal(given.scenario.server.quorum, 1);
    assert.equal(given.scenario.clients.weightHarmless, 'uniform');
    assert.equal(given.workers, 3);
    assert.equal(given.backend, 'wasm');
    assert.equal(given.outFolder, run);
  });

  it('prints one line for each closed round where nobody watches, then the results', async () => {
    const { out, err } = await pwff(['run', 'tiny', '--out', run]);
    assert.equal(err, '');
    const rounds = out.split('\n').filter((line) => line.startsWith('instruction tuning '));
    assert.equal(rounds.length, 2);
    assert.match(
      rounds[0]!,
      /^instruction tuning 1\/2 +updates 2\/2 +accuracy +52\.0 % +reported loss 1 +delay 1\.5 s +virtual 19 s, real /,
    );
    assert.match(out, /Instruction tuning +Rounds +8/);
    assert.ok(out.includes(`Note: ${notes[0]}\n`), out);
    assert.match(out, /synthetic data/);
    assert.doesNotMatch(out, /\u001b/);
  });

  it('shows samples of real data only where it is told to', async () => {
    const given: (boolean | undefined)[] = [];
    const runScenario: Services['runScenario'] = (options) => {
      given.push(options.showSamples);
      return fakeServices().runScenario(options);
    };
    await pwff(['run', 'tiny', '--out', run], { runScenario });
    await pwff(['run', 'tiny', '--out', run, '--show-samples'], { runScenario });
    assert.deepEqual(given, [false, true]);
  });

  it('says in a line what collapsed, and ends with 0 all the same', async () => {
    const common = { kind: 'kl-runaway', since: 3, round: 8, threshold: 25 } as const;
    const { code, out } = await pwff(['run', 'tiny', '--out', run], {
      runScenario: (options) => {
        const summary = summaryOf(options, { reason: 'interrupted' });
        const alignment = summary.stages.alignment!;
        const collapse = [
          { ...common, client: null, value: 31.25 },
          { ...common, client: 'client-2', value: 60 },
        ];
        const stages = { ...summary.stages, alignment: { ...alignment, collapse } };
        return ending(options, { ...summary, stages, ended: madeUpRun(2).summary.ended });
      },
    });
    assert.equal(code, 0);
    const lines = out.split('\n').filter((line) => line.startsWith('Alignment collapsed'));
    assert.deepEqual(lines, [
      'Alignment collapsed: KL runaway since round 3: the policy is 31.3 nats per response from where ' +
        'it began in round 8, limit 25 (mean over the clients; 1 of them by themselves)',
    ]);
  });

  it('says in a line how much of the gain in reward is phrases', async () => {
    const { out } = await pwff(['run', 'tiny', '--out', run], {
      runScenario: (options) => {
        const summary = summaryOf(options, { reason: 'interrupted' });
        const found = [{ phrase: 'Bye.', stock: true, frequencyBefore: 0, frequency: 0.5, share: 0.5 }];
        const phrases = { gain: 1, gainError: 0.1, share: 0.5, found };
        const stages = { ...summary.stages, alignment: { ...summary.stages.alignment!, phrases } };
        return ending(options, { ...summary, stages, ended: madeUpRun(2).summary.ended });
      },
    });
    const lines = out.split('\n').filter((line) => line.includes('phrase'));
    assert.deepEqual(lines, [
      'A phrase that became more frequent makes up 50.0 % of the gain in reward: “Bye.” 50.0 %, in 0.0 % → ' +
        '50.0 % of the responses',
    ]);
  });

  it('says in a line when a target accuracy was reached, and nothing without a target', async () => {
    const outOf = async (toTarget: ToTarget | null) => {
      const { out } = await pwff(['run', 'tiny', '--out', run], {
        runScenario: (options) => {
          const summary = summaryOf(options, madeUpRun(2).summary.ended);
          const instruction = { ...summary.stages.instruction!, toTarget };
          return ending(options, { ...summary, stages: { ...summary.stages, instruction } });
        },
      });
      return out.split('\n').filter((line) => /^Accuracy .* reached/.test(line));
    };
    const reached = { round: 3, virtualSeconds: 12.5, energyJoules: 45 };
    assert.deepEqual(await outOf({ accuracy: 0.8, reached }), [
      'Accuracy 80 % reached in round 3, after 12.5 s and 45 J',
    ]);
    assert.deepEqual(await outOf({ accuracy: 0.9999, reached: null }), ['Accuracy 99.99 % not reached']);
    assert.deepEqual(await outOf(null), []);
  });

  it('prints the summary and nothing else with --json, and nothing at all with --quiet', async () => {
    const json = await pwff(['run', 'tiny', '--out', run, '--json']);
    assert.equal((JSON.parse(json.out) as Summary).scenario, 'tiny');
    assert.equal(json.err, '');
    assert.deepEqual(await pwff(['run', 'tiny', '--out', run, '--quiet']), { code: 0, out: '', err: '' });
  });

  it('ends with 2 and one line, without a stack, for bad input', async () => {
    const { code, out, err } = await pwff(['run', 'tiny', '--out', run, '--set', 'server.quorum=7']);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, /^[^\n]*tiny\.json with --set: \/server\/quorum: is 7, expected at most 3[^\n]*\n$/);
    assert.ok(!existsSync(run), 'nothing is written before the scenario is known to be sound');
  });

  const refused: readonly (readonly [args: string, line: RegExp])[] = [
    [
      'run tiny --wrokers 2',
      /^--wrokers: unknown option, expected one of --seed, .*; did you mean --workers\?$/,
    ],
    ['run tiny --workers two', /^--workers: is "two", expected a whole number of at least 1$/],
    ['run tiny --workers', /^--workers: has no value, expected --workers <n>$/],
    ['run tiny --seed -1', /^--seed: is "-1", expected a whole number of at least 0$/],
    ['run tiny --seed 1e-3', /^--seed: is "1e-3", expected a whole number of at least 0$/],
    [
      'run tiny --seed 9007199254740993',
      /^--seed: .*, expected a whole number of at least 0 and at most 9007199254740991$/,
    ],
    ['run tiny --backend wsam', /^--backend: is "wsam", expected one of "auto", .*; did you mean "wasm"\?$/],
    ['run tiny --json --quiet', /^--quiet: stands beside --json, expected one of them; leave one out$/],
    [
      'run',
      /^pwff run: has no <scenario>, expected a JSON, YAML or TypeScript file, .*; write pwff run \[options\] </,
    ],
    ['run tiny quickstart', /^pwff run: is given quickstart as well, expected one argument; write pwff run /],
    ['run quikstart', /^quikstart: does not exist, expected a scenario file; did you mean quickstart\?$/],
    ['run no/quikstart.json', /^no\/quikstart\.json: does not exist, .*; did you mean quickstart\?$/],
    ['rn tiny', /^rn: unknown command, expected one of run, validate, .*; did you mean run\?$/],
    ['link --direction uplnk', /^--direction: is "uplnk", expected .*; did you mean "uplink"\?$/],
    ['doctor now', /^pwff doctor: is given now as well, expected no argument; write pwff doctor /],
  ];
  for (const [args, line] of refused) {
    it(`ends with 2 and says in one line what is wrong, what was expected, what to do: pwff ${args}`, async () => {
      const { code, out, err } = await pwff(args.split(' '));
      assert.deepEqual([code, out], [2, '']);
      assert.ok(err.endsWith('\n'));
      assert.match(err.slice(0, -1), line);
      assert.equal(err.split('\n').length, 2, err);
    });
  }

  it('ends with 2 where the records would go among other files', async () => {
    writeFileSync(join(folder, 'thesis.tex'), '');
    const { code, err } = await pwff(['run', 'tiny', '--out', folder]);
    assert.equal(code, 2);
    assert.match(err, /is not empty and not the folder of an earlier run.*--out\n$/);
  });

  it('takes the folder of an earlier run again', async () => {
    assert.equal((await pwff(['run', 'tiny', '--out', run])).code, 0);
    assert.equal((await pwff(['run', 'tiny', '--out', run])).code, 0);
  });

  it('says which other run it replaces', async () => {
    await pwff(['run', 'tiny', '--out', run]);
    const { out } = await pwff(['run', 'tiny', '--out', run, '--seed', '5']);
    const { name, method, seed } = madeUpRun(2).manifest.scenario;
    const said = `Replaces a run with other settings in ${run} (${name}, method ${method}, seed ${seed}).\n`;
    assert.ok(out.startsWith(said), out);
  });

  it('gives methods, seeds and settings of one scenario folders of their own', () => {
    const tiny = { name: 'tiny', method: 'pwff', seed: 1 } as Scenario;
    assert.equal(defaultFolder(tiny, []), join('runs', 'tiny-pwff-1'));
    const fedlora = { ...tiny, method: 'fedlora', seed: 2 };
    assert.equal(defaultFolder(fedlora, ['method=fedlora', 'seed=2']), join('runs', 'tiny-fedlora-2'));
    const variants = [['server.quorum=1'], ['server.quorum=2'], ['server.quorum=1', 'method=pwff'], []];
    const folders = variants.map((set) => defaultFolder(tiny, set));
    assert.equal(new Set(folders).size, 3);
    assert.equal(folders[0], folders[2]);
  });

  it('says where the parameters or the report could not be written, and ends with 1', async () => {
    const { code, out, err } = await pwff(['run', 'tiny', '--out', run], {
      runScenario: async (options) => {
        const unwritten = Array.from({ length: 7 }, (_, n) => ({ file: `p/${n}`, cause: 'ENOSPC' }));
        return { ...(await fakeServices().runScenario(options)), unwritten };
      },
    });
    assert.equal(code, 1);
    assert.match(out, /Instruction tuning +Rounds +8/);
    const lines = err.trim().split('\n');
    assert.equal(lines.length, 6);
    assert.equal(lines[0], 'pwff: p/0 is not written (ENOSPC)');
    assert.equal(lines[5], 'pwff: nor are 2 more files written');
  });

  it('keeps the records of an earlier run where the new one cannot start', async () => {
    await pwff(['run', 'tiny', '--out', run]);
    const runScenario = () => Promise.reject(new UserError('a.json: is empty'));
    assert.equal((await pwff(['run', 'tiny', '--out', run], { runScenario })).code, 2);
    assert.ok(existsSync(join(run, 'summary.json')));
  });

  it('ends with 1 where the run failed, with the cause and what was kept', async () => {
    const { code, err } = await pwff(['run', 'tiny', '--out', run], {
      runScenario: async (options) => {
        await fakeServices().runScenario(options);
        return ending(
          options,
          summaryOf(options, { reason: 'failed', cause: 'client-1: task instruct failed' }),
        );
      },
    });
    assert.equal(code, 1);
    assert.match(err, /the run failed: client-1: task instruct failed\nKept in .*manifest\.json.*run\.log/);
  });

  it('ends with 1 and the stack of a defect, and with 2 and none of a user’s error in the data', async () => {
    const defect = await pwff(['run', 'tiny', '--out', run], {
      runScenario: async (options) => {
        await fakeServices().runScenario({ ...options, onSummary: () => {} });
        throw new TypeError('x is not a function');
      },
    });
    assert.equal(defect.code, 1);
    assert.match(
      defect.err,
      /the run failed: x is not a function\n.*\n?TypeError: x is not a function\n +at /s,
    );
    assert.match(readFileSync(join(run, 'run.log'), 'utf8'), /"msg":"failed"/);
    const input = await pwff(['run', 'tiny', '--out', run], {
      runScenario: () =>
        Promise.reject(new UserError('a.json: row 3: output: is missing, expected a string')),
    });
    assert.deepEqual([input.code, input.err], [2, 'a.json: row 3: output: is missing, expected a string\n']);
  });

  it('validates several files and tells the sound from the unsound', async () => {
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, 'name: bad\nseed: -1\nserver: { quorum: 0 }\n');
    const { code, out, err } = await pwff(['validate', 'tiny', bad], {
      checkInputs: () => Promise.resolve(notes),
    });
    assert.ok(out.includes(`\n  ${notes[0]}\n`), out);
    assert.equal(code, 2);
    assert.match(out, /tiny\.json: valid \(3 clients, method pwff\)\n/);
    assert.equal(err.trim().split('\n').length, 2);
    assert.equal((await pwff(['validate', 'tiny', 'quickstart'])).code, 0);
  });

  it('answers --help and --version with 0', async () => {
    assert.match((await pwff(['--help'])).out, /run \[options\] \[scenario\]/);
    assert.match((await pwff(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
    assert.equal((await pwff(['--help'])).code, 0);
  });

  it('hands steps, seed and folder to the pre-training', async () => {
    let given: unknown;
    const { code } = await pwff(['pretrain', '--steps', '7', '--seed', '3', '--out', run], {
      pretrainEmbedded: ({ outFolder, steps, seed }) => {
        given = { outFolder, steps, seed };
        return Promise.resolve();
      },
    });
    assert.equal(code, 0);
    assert.deepEqual(given, { outFolder: run, steps: 7, seed: 3 });
  });

  for (const [how, args, code, said] of [
    ['once: the run ends in order', [], 130, /interrupted\. Kept in .*run\.log/],
    ['twice: the process ends at once', ['deaf'], 130, /^$/],
  ] as const) {
    it(`obeys Ctrl-C ${how}`, async function () {
      if (process.platform === 'win32') this.skip();
      const script = fileURLToPath(new URL('stopped-by-hand.js', import.meta.url));
      const child = spawn(process.execPath, [script, 'run', 'tiny', '--out', run, ...args]);
      let [out, err] = ['', ''];
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      child.stdout.on('data', (chunk: Buffer) => {
        const before = out;
        out += chunk.toString();
        if (!before.includes('under way') && out.includes('under way')) child.kill('SIGINT');
        if (args.length > 0 && !before.includes('Stopping') && out.includes('Stopping')) child.kill('SIGINT');
      });
      const [exitCode] = (await once(child, 'close')) as [number | null];
      assert.equal(exitCode, code);
      assert.match(err, said);
      assert.match(out, /Stopping\. Ctrl-C again quits at once\./);
    });
  }
});

describe('pwff doctor', () => {
  it('says what it found and ends with 0 where nothing is broken', async () => {
    const { out } = await pwff(['doctor']);
    assert.match(out, /Node \d+\.\d+\.\d+ \(needs 20\.19 or newer\)/);
    assert.match(out, /on the wasm backend \(asked for\)/);
    assert.match(out, /to get it: pwff native \(/);
  });

  it('ends with 1 where the backend does not start, and says what to do', async () => {
    const { code, out } = await pwff(['doctor'], {
      selectBackend: () => Promise.reject(new Error('no wasm')),
    });
    assert.equal(code, 1);
    assert.match(out, /broken +TensorFlow\.js does not start: no wasm\n +install the packages again/);
  });

  it('names the version of the native library and the files that are loaded', () => {
    const native = { name: 'native', version: '4.22.0+tensorflow-2.20.0', why: 'its library loads' } as const;
    assert.deepEqual(
      backendFinding(native, ['/lib/tfjs_binding.node', '/lib/libtensorflow_cc.so.2']).map(
        ({ what }) => what,
      ),
      [
        'TensorFlow.js 4.22.0 on the native backend (its library loads), library tensorflow 2.20.0',
        '/lib/tfjs_binding.node',
        '/lib/libtensorflow_cc.so.2',
      ],
    );
  });

  it('notes a Python that lacks PyTorch, or is none', () => {
    for (const [python, why] of [
      ['/nowhere/python', /ENOENT/],
      [process.execPath, /Error: Cannot find module/],
    ] as const) {
      const { verdict, what, advice } = pythonFinding(python);
      assert.equal(verdict, 'could be better');
      assert.match(what, why);
      assert.match(advice!, /-m pip install torch transformers/);
    }
  });

  it('compares versions by number', () => {
    assert.equal(nodeFinding('20.9.0', '20.19').verdict, 'broken');
    assert.equal(nodeFinding('20.19.0', '20.19').verdict, 'ok');
    assert.equal(nodeFinding('22.3.0', '20.19').verdict, 'ok');
  });

  it('notes scarce memory, a missing model and a folder that takes no files', () => {
    assert.equal(memoryFinding(5e8, 8e9).verdict, 'could be better');
    const model = modelFinding('/nowhere');
    assert.equal(model.verdict, 'broken');
    assert.match(model.what, /lacks config\.json, tokenizer\.json, model\.safetensors/);
    assert.equal(folderFinding('runs').verdict, 'ok');
  });
});
