import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parquetReadObjects } from 'hyparquet';
import { main } from '../../src/cli/program.js';
import { packageRoot } from '../../src/paths.js';
import type { Summary } from '../../src/records/summary.js';
import { fakeServices } from './fake-services.js';
import { writeStubRuns } from './stub-runs.js';

let folder = '';
let runs = '';

async function pwff(...args: string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await main(args, fakeServices(), { out, err });
  const textOf = (stream: PassThrough) => ((stream.read() as Buffer | null) ?? '').toString();
  return { code, out: textOf(out), err: textOf(err) };
}

const summaryOf = (run: string) =>
  JSON.parse(readFileSync(join(runs, run, 'summary.json'), 'utf8')) as Summary;

before(async function () {
  this.timeout(120_000);
  folder = mkdtempSync(join(tmpdir(), 'pwff-compare-'));
  runs = join(folder, 'a study');
  await writeStubRuns(runs, ['pwff', 'fedada'], [1, 2]);
});
after(() => rmSync(folder, { recursive: true }));

interface Document {
  readonly settings: readonly string[];
  readonly groups: readonly { group: string; figures: Record<string, { n: number; mean: number } | null> }[];
  readonly differences: readonly {
    group: string;
    seeds: number[];
    figures: Record<string, { mean: number }>;
  }[];
  readonly leftOut: readonly { run: string; why: string }[];
}

describe('pwff compare', () => {
  it('finds groups and seeds, and has means and differences of what the summaries say', async () => {
    const { code, out } = await pwff('compare', runs, '--json');

    assert.equal(code, 0);
    const { settings, groups, differences } = JSON.parse(out) as Document;
    assert.deepEqual(settings, ['method']);
    assert.deepEqual(
      groups.map(({ group }) => group),
      ['fedada', 'pwff'],
    );
    const joules = (run: string) => summaryOf(run).messages.energyJoules;
    const { mean, n } = groups[0]!.figures['energyJoules']!;
    assert.equal(n, 2);
    assert.ok(Math.abs(mean - (joules('fedada-1') + joules('fedada-2')) / 2) < 1e-9);
    const [difference] = differences;
    assert.deepEqual([difference!.group, difference!.seeds], ['fedada', [1, 2]]);
    const less = (joules('fedada-1') - joules('pwff-1') + joules('fedada-2') - joules('pwff-2')) / 2;
    assert.ok(Math.abs(difference!.figures['energyJoules']!.mean - less) < 1e-9);
  });

  it('prints tables, how many reached a target, and a front', async () => {
    const { code, out, err } = await pwff(
      ...['compare', join(runs, '*'), '--target', 'accuracy=0.8', '--pareto', 'virtual,energy'],
    );

    assert.equal(code, 0);
    assert.match(out, /^4 runs in 2 groups by method, seeds 1, 2\n/);
    assert.match(out, /fedada less pwff \(n 2\)/);
    assert.match(out, /Target accuracy=0.8: reached by fedada 0 of 2; pwff 0 of 2\n/);
    assert.match(out, /Pareto front of virtual time \(lower\) and energy of messages \(lower\): /);
    assert.equal(err, 'pwff: learning is stub: no figure is of a trained model\n');
  });

  it('writes the same rows as CSV and Parquet, a page that asks nobody, and charts', async () => {
    const out = join(folder, 'out');
    assert.equal((await pwff('compare', runs, '--out', out)).code, 0);

    const bytes = readFileSync(join(out, 'runs.parquet'));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const rows = (await parquetReadObjects({ file })) as Record<string, unknown>[];
    assert.deepEqual(
      rows.map(({ method, seed, accuracy, virtualSeconds }) => [method, seed, accuracy, virtualSeconds]),
      ['fedada-1', 'fedada-2', 'pwff-1', 'pwff-2'].map((run) => {
        const { method, seed, virtualSeconds } = summaryOf(run);
        return [method, BigInt(seed), undefined, virtualSeconds];
      }),
    );
    const lines = readFileSync(join(out, 'runs.csv'), 'utf8').trimEnd().split('\r\n');
    assert.equal(lines.length, 5);
    assert.match(lines[0]!, /^run,seed,method,/);
    assert.doesNotMatch(readFileSync(join(out, 'compare.json'), 'utf8'), /wallSeconds/);
    const page = readFileSync(join(out, 'compare.html'), 'utf8');
    assert.doesNotMatch(page, /(?:src|href)="http/);
    const chart = readFileSync(join(out, 'charts/virtualSeconds.svg'), 'utf8');
    assert.match(chart, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    assert.doesNotMatch(chart, /var\(--/);
  });

  it('names runs that are damaged, unfinished or there twice, and leaves them out', async () => {
    const mixed = join(folder, 'mixed');
    cpSync(join(runs, 'pwff-1'), join(mixed, 'a'), { recursive: true });
    for (const name of ['again', 'damaged', 'killed']) {
      cpSync(join(runs, 'pwff-1'), join(mixed, name), { recursive: true });
    }
    writeFileSync(join(mixed, 'damaged', 'manifest.json'), '{"format":');
    rmSync(join(mixed, 'killed', 'summary.json'));

    const { code, out, err } = await pwff('compare', mixed, '--json');

    assert.equal(code, 0);
    const { leftOut } = JSON.parse(out) as Document;
    const names = leftOut.map(({ run }) => run.split('/').at(-1));
    assert.deepEqual(names, ['again', 'damaged', 'killed']);
    for (const name of names) assert.match(err, new RegExp(`^pwff: left out [^\n]*/${name}: `, 'm'));
  });

  it('says which group has no seed in common with the reference', async () => {
    const { code, out } = await pwff('compare', join(runs, 'pwff-1'), join(runs, 'fedada-2'));
    assert.equal(code, 0);
    assert.match(out, /fedada: has no seed in common with pwff, so no differences/);
  });

  it('refuses what it cannot do in one line, and with 2', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    for (const [args, expected] of [
      [[join(folder, 'nothing')], /nothing: is not there, expected the folder of a run/],
      [[empty], /empty: has no run in it/],
      [[runs, '--against', 'sfl'], /--against: is "sfl", expected one of "method=fedada", "method=pwff"/],
      [[runs, '--target', 'accuracy'], /--target: is "accuracy", expected <figure>=<number>/],
      [[runs, '--target', 'accuracy=80'], /--target: accuracy is 80, expected a share, 0 to 1/],
      [[runs, '--pareto', 'accuracy'], /--pareto: is "accuracy", expected two figures/],
      [
        [runs, '--figures', 'acuracy'],
        /--figures: is "acuracy", expected one of .*did you mean "accuracy"\?/,
      ],
    ] as const) {
      const { code, err } = await pwff('compare', ...args);
      assert.equal(code, 2, err);
      assert.match(err, expected);
      assert.equal(
        err
          .trimEnd()
          .split('\n')
          .filter((line) => !line.includes('learning is stub')).length,
        1,
      );
    }
  });
});

describe('pwff query', () => {
  it('answers in the format that is asked for', async () => {
    const sql = 'SELECT method, count(*) AS n FROM runs GROUP BY method ORDER BY method';
    const csv = await pwff('query', sql, runs, '--format', 'csv');
    const json = await pwff('query', sql, runs, '--format', 'json');

    assert.equal(csv.out, 'method,n\r\nfedada,2\r\npwff,2\r\n');
    assert.deepEqual(JSON.parse(json.out), [
      { method: 'fedada', n: 2 },
      { method: 'pwff', n: 2 },
    ]);
  });

  it('counts the messages that a summary counts', async () => {
    const sql = "SELECT count(*) AS n FROM messages WHERE run LIKE '%/pwff-1'";
    const { out } = await pwff('query', sql, runs, '--format', 'json');
    assert.deepEqual(JSON.parse(out), [{ n: summaryOf('pwff-1').messages.sent }]);
  });

  it('reads runs whatever their folders are called', async () => {
    const odd = join(folder, "o’brien's [1]*");
    cpSync(join(runs, 'pwff-1'), odd, { recursive: true });
    const { out, err } = await pwff(
      'query',
      'SELECT count(*) > 0 AS some FROM messages',
      odd,
      '--format',
      'csv',
    );
    assert.deepEqual([out, err], ['some\r\ntrue\r\n', '']);
  });

  it('refuses wrong SQL, and what would write or read another file, in one line and with 2', async () => {
    const record = join(runs, 'pwff-1', 'messages.jsonl');
    const before = readFileSync(record, 'utf8');
    for (const [sql, expected] of [
      ['SELEC 1', /^pwff query: [^\n]*syntax error[^\n]*\n$/],
      ['SELECT nothing FROM runs', /^pwff query: [^\n]*nothing[^\n]*\n$/],
      ['', /^pwff query: is empty[^\n]*\n$/],
      [
        `COPY (SELECT 1) TO '${record}'`,
        /^pwff query: is a statement of kind COPY, expected SELECT[^\n]*\n$/,
      ],
      ["SELECT * FROM read_csv('/etc/passwd')", /^pwff query: [^\n]*Permission Error[^\n]*\n$/],
      [`COPY runs TO '${join(folder, 'new.csv')}'`, /^pwff query: [^\n]*\n$/],
    ] as const) {
      const { code, err } = await pwff('query', sql, runs);
      assert.equal(code, 2, sql);
      assert.match(err, expected);
    }
    assert.equal(readFileSync(record, 'utf8'), before);
    assert.ok(!existsSync(join(folder, 'new.csv')));
  });

  describe('docs/query.md', () => {
    const text = readFileSync(join(packageRoot(), 'docs/query.md'), 'utf8');
    const questions = [...text.matchAll(/^### (.+)\n\n```sql\n([\s\S]*?)```/gm)];

    it('has ten questions', () => assert.equal(questions.length, 10));

    for (const [, question, sql] of questions) {
      it(`has an answer to: ${question}`, async () => {
        const { code, out, err } = await pwff('query', sql!, runs, '--format', 'json');
        assert.deepEqual([code, err], [0, '']);
        assert.ok((JSON.parse(out) as unknown[]).length > 0);
      });
    }
  });
});
