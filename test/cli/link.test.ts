import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { LinkReport } from '../../src/cli/link-text.js';
import { main } from '../../src/cli/program.js';
import { fakeServices } from './fake-services.js';

const few = ['--draws', '2000', '--messages', '50'];

async function link(...args: readonly string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await main(['link', ...args, ...few], fakeServices(), { out, err });
  const textOf = (stream: PassThrough) => ((stream.read() as Buffer | null) ?? '').toString();
  return { code, out: textOf(out), err: textOf(err) };
}

async function report(...args: readonly string[]): Promise<LinkReport> {
  const { code, out, err } = await link(...args, '--json');
  assert.deepEqual([code, err], [0, '']);
  return JSON.parse(out) as LinkReport;
}

/** What `pwff run` says of the quickstart with this setting. */
async function refusalOfRun(setting: string): Promise<string> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  await main(['validate', 'quickstart', '--set', setting], fakeServices(), { out, err });
  return String(err.read());
}

const pastOrigin = (line: string) => line.slice(line.indexOf(': /channel'));

function widthOf(text: string): number {
  return Math.max(...text.split('\n').map((row) => row.length));
}

describe('pwff link', () => {
  let root = '';
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'pwff-link-'));
    writeFileSync(join(root, 'gains.csv'), 'seconds,gainDb\n0,0\n1,-3\n2,3\n');
    const model = { path: '../nowhere/mine' };
    const reward = { model: { kind: 'distilbert', path: '../nowhere/too' } };
    const channel = { fading: 'trace', traceFile: 'gains.csv' };
    writeFileSync(join(root, 'mine.json'), JSON.stringify({ name: 'mine', model, reward, channel }));
  });
  after(() => rmSync(root, { recursive: true }));

  it('prints the paper’s link: closed forms beside a simulation, in 80 columns', async () => {
    const { code, out, err } = await link();
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^Uplink of client 1, the default radio\n/);
    assert.match(out, /\nergodic capacity +1\.715974 +1\.\d+ ± 0\.0\d+ +Mbit\/s\n/);
    assert.match(out, /\noutage of 1 Mbit\/s +0\.2711066 +0\.2\d+ ± 0\.0\d+\n/);
    assert.match(out, /\ndelay, mean +10\.83731 +10\.\d+ ± 0\.\d+ +s\n/);
    assert.doesNotMatch(out, /\u001b|NaN|undefined|Infinity/);
    assert.ok(widthOf(out) <= 80, out);
  });

  it('keeps to 80 columns whatever the setting', async () => {
    for (const args of [
      ['--snr-db', '-30', '--rate-bps', '1e12', '--bits', '9007199254740991'],
      ['--snr-db', '60', '--bandwidth-hz', '1e10', '--fading', 'none'],
      [
        '--set',
        'channel.rate=fixed',
        '--set',
        'channel.packetBits=1000000',
        '--set',
        'channel.maxTransmissions=1000',
      ],
      ['--set', 'channel.faults=[{"effect":"blackout"}]'],
    ]) {
      const { code, out, err } = await link(...args);
      assert.deepEqual([code, err], [0, '']);
      assert.ok(widthOf(out) <= 80, out);
      assert.doesNotMatch(out, /NaN|undefined|Infinity/);
    }
  });

  it('gives the figures by name as JSON', async () => {
    const found = await report();
    const numbers = [
      'ergodicBps',
      'outage',
      'arqMean',
      'harqChaseMean',
      'awgnBps',
      'energyJoules',
      'policyBps',
      'arqTruncatedMean',
      'residualLoss',
      'harqIrMean',
      'bestFixedRateBps',
      'bestFixedRateOutage',
      'bestFixedRateGoodputBps',
      'rho',
      'delivered',
      'draws',
      'messages',
      'seed',
    ] as const;
    for (const key of numbers) assert.equal(typeof found[key], 'number', key);
    assert.deepEqual(Object.keys(found.delaySeconds), ['mean', 'sd', 'p50', 'p95', 'p99']);
    assert.deepEqual(Object.keys(found.outageRateBps), ['0.01', '0.05', '0.10']);
    assert.deepEqual(Object.keys(found.closedForm ?? {}), ['delaySeconds', 'energyJoules']);
    for (const key of [
      'ergodicBps',
      'outage',
      'arqMean',
      'harqChaseMean',
      'harqIrMean',
      'policyBps',
    ] as const) {
      assert.deepEqual(Object.keys(found.simulated[key] ?? {}), ['value', 'standardError', 'low', 'high']);
    }
    assert.ok(found.simulated.delaySeconds !== null && found.simulated.energyJoules !== null);
    assert.deepEqual([found.draws, found.messages, found.link.direction], [2000, 50, 'uplink']);
  });

  it('takes shorthands for the settings of its direction', async () => {
    const found = await report(
      ...['--direction', 'downlink', '--client', '2', '--seed', '7', '--bits', '1000000', '--snr-db', '10'],
      ...['--bandwidth-hz', '2e6', '--power-watts', '0.5', '--rate-bps', '2e6', '--fading', 'rayleigh'],
    );
    const { direction, client, bandwidthHz, powerWatts, fixedRateBps, meanSnrDb } = found.link;
    assert.deepEqual([direction, client, found.seed, found.bits], ['downlink', 2, 7, 1e6]);
    assert.deepEqual([bandwidthHz, powerWatts, fixedRateBps], [2e6, 0.5, 2e6]);
    // 10 dB at 1 W over 1 MHz; half the power over twice the bandwidth is a quarter, 3.9794 dB.
    assert.ok(Math.abs(meanSnrDb - 3.979400087) < 1e-9);
    // log2(e) e^(1/2.5) E1(1/2.5) = 1.51169627 bits per second and hertz.
    assert.ok(Math.abs(found.ergodicBps - 2 * 1_511_696.27) < 1);
  });

  it('reads a scenario whose models and data are not there, and its trace beside it', async () => {
    const paper = await report('paper');
    assert.equal(paper.scenario, 'paper');
    const mine = await report(join(root, 'mine.json'));
    assert.deepEqual([mine.scenario, mine.link.fading], ['mine', 'trace']);
    assert.equal(mine.harqChaseMean, null);
    assert.match(mine.why.harqChaseMean ?? '', /no closed form/);
  });

  it('ends in time where nothing arrives: delays are null, and delivered is 0', async () => {
    const found = await report('--set', 'channel.faults=[{"effect":"blackout"}]');
    assert.deepEqual(found.delaySeconds, { mean: null, sd: null, p50: null, p95: null, p99: null });
    assert.equal(found.delivered, 0);
  });

  it('ends with 2 and one line for a setting that cannot be', async () => {
    for (const [args, expected] of [
      [['--snr-db', 'five'], /^--snr-db five: \/channel\/uplink\/meanSnrDb: is "five", expected a number/],
      [['--bandwidth-hz', '-1'], /^--bandwidth-hz -1: \/channel\/uplink\/bandwidthHz: is -1, expected/],
      [
        ['--fading', 'raileigh'],
        /^--fading raileigh: \/channel\/fading: is "raileigh".*did you mean "rayleigh"/,
      ],
      [
        ['--snr-db', '3', '--set', 'channel.uplink.meanSnrDb=4'],
        /^--snr-db 3: sets .* which --set sets as well/,
      ],
      [['--snr-db', '3', '--set', 'channel.cell={}'], /^--snr-db 3: is not used in a cell/],
      [['--client', '11'], /^--client 11: is no client, expected 1 to 10/],
      [['--fading', 'trace', '--set', 'channel.traceFile=no.csv'], /no\.csv: cannot be read/],
      [['nowhere'], /^nowhere: does not exist/],
    ] as const) {
      const { code, out, err } = await link(...args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, expected);
      assert.equal(err.trimEnd().split('\n').length, 1, err);
    }
  });

  it('takes numbers in any way in which they are written', async () => {
    const found = await report('--bits', '4e6', '--rate-bps', '0x10', '--snr-db', '+.5', '--seed', '1e3');
    assert.deepEqual([found.bits, found.link.fixedRateBps, found.seed], [4e6, 16, 1000]);
    assert.ok(Math.abs(found.link.meanSnrDb - 0.5) < 1e-12);
    for (const [text, reason] of [
      ['1.5', 'at least 1'],
      [' ', 'at least 1'],
      ['NaN', 'at least 1'],
      ['Infinity', 'at most 9007199254740991'],
      ['9007199254740993', 'at most 9007199254740991'],
    ] as const) {
      const { code, err } = await link('--bits', text);
      assert.equal(code, 2, text);
      assert.match(err, new RegExp(`^--bits ?: is .*expected a whole number of .*${reason}`));
    }
  });

  it('refuses of the radio what a run refuses, in the same words', async () => {
    for (const setting of [
      'channel.uplink.meanSnrDb=61',
      'channel.downlink.bandwidthHz=1e11',
      'channel.uplink.powerWatts=1e4',
      'channel.coherenceSeconds=1e-6',
      'channel.maxTransmissions=1001',
      'channel.backoffSeconds=1e300',
      'channel.maxAttemptSeconds=1e300',
      'channel.faults=[{"effect":"delay","delaySeconds":1e300}]',
    ]) {
      const { code, err } = await link('--set', setting);
      assert.equal(code, 2, setting);
      assert.match(err, /^--set: \/channel\/[^\n]* expected [^\n]*\n$/);
      assert.equal(pastOrigin(err), pastOrigin(await refusalOfRun(setting)));
    }
  });

  it('has waits that add up where a message is repeated more often than a number can double', async () => {
    const often = [
      'channel.maxTransmissions=1000',
      'channel.backoffFactor=1e10',
      'channel.lossProbability=1',
    ];
    const { code, out } = await link(...often.flatMap((setting) => ['--set', setting]), '--messages', '2');
    assert.equal(code, 0);
    assert.doesNotMatch(out, /NaN|Infinity/);
  });

  it('ends with 2 for more draws or messages than memory has room for', async () => {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const code = await main(['link', '--draws', '1000000000'], fakeServices(), { out, err });
    assert.equal(code, 2);
    assert.match(String(err.read()), /^--draws 1000000000: is too many, expected at most 10000000\n$/);
  });
});
