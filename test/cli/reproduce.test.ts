import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../src/cli/program.js';
import { fakeServices } from './fake-services.js';
import { needsSignals, cli, openWorkplace, stub, until } from './sweeping.js';

/** Stage 1 of six methods under two seeds, of the tiny scenario without learning. */
const twelve = ['reproduce', 'fig4', '--scenario', 'tiny', ...stub, '--seeds', '2'];

describe('pwff reproduce', function () {
  this.timeout(240_000);
  let place: ReturnType<typeof openWorkplace>;
  /** What an undisturbed call writes. */
  let whole: string;
  before(async () => {
    place = openWorkplace();
    whole = await jsonOf('whole');
  });
  after(() => place.close());

  async function reproduce(out: string, ...more: readonly string[]) {
    const ended = await place.pwff(...twelve, '--out', join(place.folder, out), ...more);
    assert.equal(ended.status, 0, ended.stderr);
    return ended;
  }
  const fileOf = (out: string, name: string, preset = 'embedded') => join(place.folder, out, preset, name);

  /** What a call writes into a folder, new or not. */
  async function jsonOf(out: string, ...more: readonly string[]): Promise<string> {
    await reproduce(out, '--quiet', ...more);
    return readFileSync(fileOf(out, 'reproduce.json'), 'utf8');
  }

  it('writes page, figure and numbers, and again the same without a run', async () => {
    const names = ['reproduce.html', 'reproduce.json', 'reproduce.csv', 'reproduce-values.csv', 'fig4.svg'];
    for (const name of names) assert.ok(existsSync(fileOf('whole', name)), name);
    assert.match(
      readFileSync(fileOf('whole', 'fig4.svg'), 'utf8'),
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/,
    );
    const { stdout, stderr } = await reproduce('whole');
    assert.doesNotMatch(stdout, /seed 11: \d/, 'no run is done again');
    assert.match(stdout, /learning is stub: no figure is of a trained model/);
    assert.ok(existsSync(fileOf('whole', 'fig4.png')) !== /PNG files are not written/.test(stderr));
    assert.equal(readFileSync(fileOf('whole', 'reproduce.json'), 'utf8'), whole);
  });

  it('has closed forms within the intervals of what the runs sent', () => {
    type Measured = Readonly<Record<string, { ci95: [number, number]; mean: number | null }>>;
    const document = JSON.parse(whole) as Readonly<Record<'fig4', Readonly<Record<string, Measured>>>> & {
      readonly closedForms: Readonly<Record<'fig4', Readonly<Record<string, Measured>>>>;
    };
    for (const method of ['pwff', 'vanilla-fl', 'fedada', 'fedlora']) {
      const [low, high] = document.fig4[method]!['delaySecondsPerRound']!.ci95;
      const expected = document.closedForms.fig4[method]!['delaySecondsPerRound']!.mean!;
      assert.ok(low <= expected && expected <= high, `${method}: ${expected} is not in ${low}–${high}`);
    }
  });

  it('has another preset from the same runs, and prints its JSON alone', async () => {
    const { stdout } = await reproduce('whole', '--preset', 'paper-energy', '--json');
    assert.equal((JSON.parse(stdout) as { preset: string }).preset, 'paper-energy');
    assert.equal(stdout, readFileSync(fileOf('whole', 'reproduce.json', 'paper-energy'), 'utf8'));
    assert.notEqual(stdout, whole);
  });

  it('goes on after kill -9 in the middle, and comes to the same', async function () {
    needsSignals(this);
    const out = join(place.folder, 'killed');
    const { child, ended } = place.start(process.execPath, [cli, ...twelve, '--jobs', '1', '--out', out]);
    const done = () => place.names(join('..', 'killed', 'runs')).length;
    await until('three runs are done', () => done() >= 3);
    child.kill('SIGKILL');
    await ended;
    assert.ok(done() < 12, 'it was killed in the middle');
    assert.equal(existsSync(fileOf('killed', 'reproduce.json')), false);
    assert.equal(await jsonOf('killed'), whole);
  });

  it('comes to the same by two shards in two processes', async () => {
    await Promise.all(
      ['1/2', '2/2'].map((shard) => reproduce('shards', '--quiet', '--jobs', '1', '--shard', shard)),
    );
    assert.equal(readFileSync(fileOf('shards', 'reproduce.json'), 'utf8'), whole);
  });

  it('says what is left where a shard has done its part', async () => {
    const { stdout } = await reproduce('part', '--shard', '1/6');
    assert.match(
      stdout,
      /\n2 of 12 runs are done; figures are written when all are\. The same command goes on, /,
    );
    assert.equal(existsSync(fileOf('part', 'reproduce.json')), false);
  });

  for (const [args, said] of [
    [['fig6'], 'pwff reproduce: is "fig6", expected fig4, fig5 or all\n'],
    [['fig4', '--seeds', '101,'], /^--seeds: is "101,", which has 101, expected seeds that no tuning saw/],
    [['fig4', '--with', 'fedot'], /^--with: has "fedot", expected methods of .*; did you mean "fedit"\?\n$/],
    [['fig4', '--preset', 'paper'], /^--preset: is "paper", expected one of "embedded", /],
    [['fig4', '--shard', '3/2'], /^--shard: is "3\/2", expected a part and how many there are/],
  ] as const) {
    it(`refuses ${args.join(' ')} in one line`, async () => {
      const [out, err] = [new PassThrough(), new PassThrough()];
      const code = await main(['reproduce', ...args], fakeServices(), { out, err });
      const stderr = (err.read() as Buffer).toString();
      assert.equal(code, 2);
      if (typeof said === 'string') assert.equal(stderr, said);
      else assert.match(stderr, said);
      assert.equal(stderr.trimEnd().split('\n').length, 1);
    });
  }
});
