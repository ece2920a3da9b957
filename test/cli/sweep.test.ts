import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.js';
import type { Summary } from '../../src/records/summary.js';
import { cli, four, hashes, needsSignals, openWorkplace, stub, type Ended } from './sweeping.js';

/** One process for all runs. */
const single = ['--jobs', '1', '--workers', '1'];

describe('pwff sweep', function () {
  this.timeout(60_000);
  /** The four runs, which no test changes. */
  let whole = '';
  let first: Ended;
  let shared: ReturnType<typeof openWorkplace>;
  let place: ReturnType<typeof openWorkplace>;
  before(async function () {
    needsSignals(this);
    shared = openWorkplace();
    whole = shared.out;
    first = await shared.pwff(...four, '--jobs', '2', '--workers', '1', '--out', whole);
  });
  after(() => shared?.close());
  beforeEach(() => {
    place = openWorkplace();
  });
  afterEach(() => place.close());

  it('does every point with every seed, says how far it is, and leaves ordinary runs', async () => {
    assert.deepEqual([first.status, first.stderr], [0, '']);
    const lines = first.stdout.trim().split('\n');
    assert.match(
      lines[0]!,
      /^meanSnrDb=\d+ seed \d: .* m?s\. 1 of 4 done, \d running, \d waiting; (about .* left, by 1 run|a moment left)$/,
    );
    assert.match(lines[3]!, /^meanSnrDb=\d+ seed \d: .* m?s\. 4 of 4 done$/);
    assert.match(lines[4]!, /^Study tiny-[0-9a-f]{8}: 4 of 4 done \(2 at a time, 1 worker each\)$/);
    const names = readdirSync(join(whole, 'runs'));
    assert.deepEqual(names.map((name) => name.slice(0, -13)).sort(), [
      'meanSnrDb-0-seed-1',
      'meanSnrDb-0-seed-2',
      'meanSnrDb-10-seed-1',
      'meanSnrDb-10-seed-2',
    ]);
    for (const empty of ['claims', 'unfinished', 'failures']) {
      assert.deepEqual(readdirSync(join(whole, empty)), [], empty);
    }
    assert.equal((await place.pwff('report', join(whole, 'runs', names[0]!))).status, 0);
  });

  it('does the runs that `pwff run` does, and several in one process are as if each were alone', async () => {
    const alone = Object.keys(hashes(whole)).map(async (name) => {
      const [, snr = '', seed = ''] = /^meanSnrDb-(\d+)-seed-(\d+)/.exec(name) ?? [];
      const set = ['--set', `channel.uplink.meanSnrDb=${snr}`, '--seed', seed];
      const { stdout } = await place.pwff(
        'run',
        'tiny',
        ...stub,
        ...set,
        '--json',
        '--out',
        join(place.folder, name),
      );
      return [name, (JSON.parse(stdout) as Summary).traceHash] as const;
    });
    assert.deepEqual(hashes(whole), Object.fromEntries(await Promise.all(alone)));
  });

  it('does nothing twice, and takes more seeds into the same folder', async () => {
    cpSync(whole, place.out, { recursive: true });
    const [again, listed] = await Promise.all([
      place.pwff(...four, '--out', place.out),
      place.pwff(...four, '--seeds', '3', '--out', place.out, '--dry-run'),
    ]);
    assert.equal(again.status, 0);
    assert.match(again.stdout, /^Study tiny-[0-9a-f]{8}: 4 of 4 done\nRuns: /);
    assert.match(listed.stdout, /\n6 runs in .*: 4 done, 0 failed, 2 left\n$/);
    assert.match(listed.stdout, /^left {4}meanSnrDb-0-seed-3-/m);
    assert.equal((await place.pwff(...four, '--seeds', '3', '--out', place.out)).status, 0);
    assert.equal(place.names('runs').length, 6);
    assert.deepEqual({ ...hashes(place.out), ...hashes(whole) }, hashes(place.out));
  });

  it('refuses what it cannot do before anything runs, in one line', async () => {
    writeFileSync(join(place.folder, 'mine'), '');
    const file = join(packageRoot(), 'scenarios/studies/snr-and-methods.yaml');
    const cases = [
      {
        args: ['sweep', 'tiny', ...stub, '--vary', 'method=sfl,pfl', '--out', whole],
        said: /^\S+: holds another study \(tiny-[0-9a-f]{8}, 4 runs\), expected .* with --out\n$/,
      },
      {
        args: [...four, '--out', place.folder],
        said: /^\S+: is not empty and not the folder of a study, expected .* with --out\n$/,
      },
      {
        args: ['sweep', 'tiny', '--vary', 'method=pwff,pwf', '--out', place.out],
        said: /^\S+tiny\.json with point method=pwf: \/method: is "pwf", expected .*\n$/,
      },
      {
        args: ['sweep', file, '--vary', 'method=pwff', '--out', place.out],
        said: /^--vary: stands beside the study .*, expected one of them; .*\n$/,
      },
      {
        args: [...four, '--shard', '3/2', '--out', place.out],
        said: /^--shard: is "3\/2", expected a part and how many there are, from 1\/4 to 4\/4\n$/,
      },
    ];
    const ended = await Promise.all(cases.map(({ args }) => place.pwff(...args)));
    for (const [at, { said }] of cases.entries()) {
      assert.match(ended[at]!.stderr, said);
      assert.equal(ended[at]!.status, 2);
    }
    assert.equal(existsSync(place.out), false);
  });

  it('lists runs that failed, keeps their records, and does them again when asked', async () => {
    const scenario = join(place.folder, 'doubtful.ts');
    const fault = `if (globalThis.process.env.PWFF_BREAK) throw new Error('on purpose');`;
    writeFileSync(
      scenario,
      `export default { name: 'doubtful', extends: 'tiny', learning: 'stub',
        timeline: [{ atSeconds: 0.5, do: [() => { ${fault} }] }] };`,
    );
    const sweep = ['sweep', scenario, '--backend', 'wasm', '--seeds', '2', ...single, '--out', place.out];
    const broken = await place.start(process.execPath, [cli, ...sweep], { PWFF_BREAK: '1' }).ended;
    assert.equal(broken.status, 1, broken.stdout);
    assert.match(broken.stderr, /^pwff: base seed 1 failed: .*on purpose.*$/m);
    assert.match(broken.stderr, /\npwff: 2 failed; --retry does them again\n$/);
    assert.deepEqual(place.names('runs'), []);
    assert.ok(
      place.names('failures').some((name) => existsSync(join(place.out, 'failures', name, 'manifest.json'))),
    );
    const still = await place.pwff(...sweep);
    assert.equal(still.status, 1, 'what failed is not done again unasked');
    assert.match(still.stdout, /: 0 of 2 done/);
    const mended = await place.pwff(...sweep, '--retry');
    assert.equal(mended.status, 0, mended.stderr);
    assert.equal(place.names('runs').length, 2);
    assert.deepEqual(
      [place.names('failures'), place.names('claims'), place.names('unfinished')],
      [[], [], []],
    );
  });

  it('is divided into shards, two of which give the same runs as one process, even where one is started twice', async () => {
    const ended = await Promise.all(
      ['1/2', '2/2', '2/2'].map((shard) =>
        place.pwff(...four, ...single, '--shard', shard, '--out', place.out),
      ),
    );
    assert.deepEqual(
      ended.map(({ status, stderr }) => [status, stderr]),
      [
        [0, ''],
        [0, ''],
        [0, ''],
      ],
    );
    assert.equal(place.names('runs').length, 4);
    assert.deepEqual(hashes(place.out), hashes(whole));
    assert.deepEqual([place.names('claims'), place.names('unfinished')], [[], []]);
  });

  it('does one shard alone, and leaves the other', async () => {
    const { status, stdout } = await place.pwff(...four, ...single, '--shard', '2/2', '--out', place.out);
    assert.equal(status, 0);
    assert.match(stdout, /: 2 of 4 done, 2 left /);
    assert.deepEqual(
      place.names('runs').map((name) => name.slice(0, -13)),
      ['meanSnrDb-0-seed-2', 'meanSnrDb-10-seed-2'],
    );
  });

  it('prints a job array for Slurm, whose elements do the study', async () => {
    const emit = ['--vary', 'model.path=null', '--out', 'my study', '--emit', 'slurm', '--tasks', '2'];
    const { status, stdout, stderr } = await place.pwff(...four, ...emit);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^#!\/bin\/bash\n(#SBATCH .*\n)+set -euo pipefail\n/);
    assert.match(stdout, /^#SBATCH --array=1-2$/m);
    assert.match(stdout, /^#SBATCH --cpus-per-task=1$/m);
    const script = join(place.folder, 'job.sh');
    writeFileSync(script, stdout);
    const jobs = ['1', '2'].map((task) => {
      const env = { SLURM_ARRAY_TASK_ID: task, PWFF: `${process.execPath} ${cli}` };
      return place.start('bash', [script], env, '/').ended;
    });
    for (const job of await Promise.all(jobs)) assert.equal(job.status, 0, job.stderr);
    assert.equal(readdirSync(join(place.folder, 'my study', 'runs')).length, 4);
  });
});
