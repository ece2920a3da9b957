import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../src/errors.js';
import { attemptsAt } from '../../../src/radio/channel/attempts.js';
import { readRecordings, traceFiles } from '../../../src/radio/channel/fading/recordings.js';
import { linksOf, type Link } from '../../../src/radio/channel/link.js';
import { channelWith, messageOf, type ChannelChanges } from './a-link.js';

const near = (found: number, expected: number, relative = 1e-9) =>
  assert.ok(Math.abs(found - expected) <= relative * Math.abs(expected), `${found} instead of ${expected}`);

describe('recordings of links', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pwff-recordings-'));
    await writeFile(join(folder, 'snr-1.csv'), 'seconds,snrDb\n100,0\n101,10\n');
    await writeFile(join(folder, 'snr-2.csv'), 'seconds,snrDb\n0,10\n1,0\n');
    await writeFile(join(folder, 'uplink.csv'), 'seconds,rateBps\n0,2000000\n1,500000\n');
    await writeFile(join(folder, 'downlink.csv'), 'seconds,rateBps\n0,0\n1,66000000\n');
  });
  after(() => rm(folder, { recursive: true }));

  async function links(traceFile: string | string[], changes: ChannelChanges = {}): Promise<readonly Link[]> {
    const channel = channelWith({ fading: 'trace', traceFile, ...changes });
    return linksOf({ seed: 1, channel }, ['client-1', 'client-2'], await readRecordings(channel, folder, 2));
  }

  const secondsOf = (link: Link | undefined, bits: number) => {
    const [attempt] = attemptsAt(bits, link!, messageOf(1), 0);
    assert.equal(attempt?.lost, null);
    return attempt.seconds;
  };

  it('of the SNR are absolute: they take the place of the mean, and each client’s begin with the run', async () => {
    for (const traceFile of ['snr-{client}.csv', ['snr-1.csv', 'snr-2.csv']]) {
      const [first, , second] = await links(traceFile, { uplink: { meanSnrDb: 40 } });
      // B log2(1 + 1) = 1 Mbit/s for a second, then B log2(1 + 10) = 3.459432 Mbit/s; and the other way round.
      near(secondsOf(first, 1e6 + 0.5 * 3_459_431.6186), 1.5);
      near(secondsOf(second, 3_459_431.6186 + 0.5 * 1e6), 1.5);
      near(first!.snr.ratioAt(0), 5.5);
    }
  });

  it('of the SNR that all links share begin at drawn places', async () => {
    const bits = 1e6 + 3_459_431.6186;
    const [first, , second] = await links('snr-1.csv', { coherenceSeconds: 0.001 });
    for (const link of [first, second]) near(secondsOf(link, bits), 2, 2e-3);
    assert.notEqual(first!.path.gainAt(0), undefined);
    const firsts = await Promise.all(
      Array.from({ length: 12 }, async (_, seed) => {
        const channel = channelWith({ fading: 'trace', traceFile: 'snr-1.csv' });
        return linksOf(
          { seed, channel },
          ['client-1'],
          await readRecordings(channel, folder, 1),
        )[0]!.path.gainAt(0);
      }),
    );
    assert.equal(new Set(firsts).size, 2);
  });

  it('of the rate are what is carried whatever the policy, one direction apart from the other', async () => {
    for (const rate of ['capacity', 'fixed', 'mcs'] as const) {
      const [uplink, downlink] = await links(['{direction}.csv', '{direction}.csv'], { rate });
      near(secondsOf(uplink, 2e6 + 0.25e6), 1.5);
      near(secondsOf(downlink, 33e6), 1.5);
    }
  });

  it('of the rate are those of the whole band, which sharing divides as it does any other', async () => {
    const sharing = { uplink: { sharing: 'tdma' } } as const;
    const [uplink] = await links(['{direction}.csv', '{direction}.csv'], sharing);
    near(secondsOf(uplink, (2e6 + 0.25e6) / 2), 1.5);
  });

  it('stand in files that are named once each, with the setting that names them', () => {
    assert.deepEqual(traceFiles('gains.csv', 3), [['/channel/traceFile', 'gains.csv']]);
    assert.deepEqual(traceFiles(['a.csv', 'b-{direction}.csv'], 2), [
      ['/channel/traceFile/0', 'a.csv'],
      ['/channel/traceFile/1', 'b-uplink.csv'],
      ['/channel/traceFile/1', 'b-downlink.csv'],
    ]);
    assert.deepEqual(traceFiles(null, 2), []);
  });

  it('are refused where the scenario says otherwise', async () => {
    const refused = async (traceFile: string, changes: ChannelChanges, reason: RegExp) => {
      await assert.rejects(links(traceFile, changes), (error: unknown) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, reason);
        return true;
      });
    };
    const cell = {} as NonNullable<ChannelChanges['cell']>;
    await refused('snr-{client}.csv', { cell }, /^snr-1\.csv: has snrDb, expected gain or gainDb in a cell/);
    await refused(
      '{direction}.csv',
      { downlink: { bandwidthHz: 1e5 } },
      /^downlink\.csv: rateBps reaches 66000000, expected at most 300 .*set \/channel\/downlink\/bandwidthHz/,
    );
    await refused('snr-{client}-none.csv', {}, /snr-1-none\.csv: cannot be read/);
  });
});
