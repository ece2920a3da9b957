import assert from 'node:assert/strict';
import fc from 'fast-check';
import { levelCrossing } from '../../../src/radio/channel/gain-paths/doppler.js';
import { burstPath, burstSeconds } from '../../../src/radio/channel/losses/gilbert-elliott.js';

const settings = { lossGood: 0.01, lossBad: 0.5, goodSeconds: 3, badSeconds: 1, fadeGain: null };

describe('bursts', () => {
  it('last as long as the scenario says', () => {
    assert.deepEqual(burstSeconds(settings, 0), { goodSeconds: 3, badSeconds: 1 });
  });

  it('last as long as fades do where they come from a fade gain', () => {
    // shared reference channel.json, levelCrossing.
    const faded = { ...settings, goodSeconds: null, badSeconds: null, fadeGain: 10 ** -0.5 };
    const { goodSeconds, badSeconds } = burstSeconds(faded, 10);
    assert.ok(Math.abs(badSeconds - 0.026386762) < 1e-9);
    assert.ok(Math.abs(1 / (goodSeconds + badSeconds) - 10.274341) < 1e-6);
    assert.equal(badSeconds, levelCrossing(10, 10 ** -0.5).averageFadeSeconds);
  });

  it('need both durations, or a fade gain and a Doppler shift', () => {
    const neither = { ...settings, goodSeconds: null };
    assert.throws(() => burstSeconds(neither, 10), RangeError);
    assert.throws(() => burstPath({ ...neither, fadeGain: 0.1 }, 0, 1, 'a'), RangeError);
  });
});

describe('the state of a bursty link', () => {
  it('is bad for a quarter of the time where good lasts 3 s and bad 1 s, over 100 000 links', () => {
    let bad = 0;
    for (let link = 0; link < 100_000; link++) if (burstPath(settings, 0, 1, `${link}`).isBad(0)) bad++;
    assert.ok(Math.abs(bad / 1e5 - 0.25) < 3 * Math.sqrt((0.25 * 0.75) / 1e5), `${bad}`);
  });

  it('forgets itself at the rate 1/good + 1/bad, at any distance and across segments', () => {
    // P(bad at t and at t + s) = p^2 + p (1 - p) e^-(a + b) s for p = 1/4, a + b = 4/3 per second.
    for (const seconds of [0.1, 1, 2.5]) {
      const links = 200;
      const products = Array.from({ length: links }, (_, link) => {
        const path = burstPath(settings, 0, 2, `${link}`);
        let both = 0;
        for (let i = 0; i < 1000; i++) if (path.isBad(i) && path.isBad(i + seconds)) both++;
        return both / 1000;
      });
      const mean = products.reduce((sum, x) => sum + x, 0) / links;
      const error = Math.sqrt(products.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (links - 1) / links);
      const expected = 1 / 16 + (3 / 16) * Math.exp((-4 / 3) * seconds);
      assert.ok(Math.abs(mean - expected) < 3 * error, `${seconds} s: ${mean} instead of ${expected}`);
    }
  });

  it('lasts an exponential time of its mean: bad 1 s, deviation 1 s, over some 10 000 bursts', () => {
    const path = burstPath(settings, 0, 3, 'a');
    const step = 0.005;
    const lengths: number[] = [];
    let since = NaN;
    for (let i = 0; lengths.length < 10_000; i++) {
      const bad = path.isBad(i * step);
      if (bad && Number.isNaN(since)) since = i;
      if (!bad && !Number.isNaN(since)) {
        lengths.push((i - since) * step);
        since = NaN;
      }
    }
    const mean = lengths.reduce((sum, x) => sum + x, 0) / lengths.length;
    const variance = lengths.reduce((sum, x) => sum + (x - mean) ** 2, 0) / lengths.length;
    // What begins and ends within a step goes unseen: seen bursts last longer by step / 2 at the most.
    assert.ok(Math.abs(mean - 1) < 3 / Math.sqrt(10_000) + step, `${mean}`);
    assert.ok(Math.abs(Math.sqrt(variance) - 1) < 3 * Math.sqrt(2 / 10_000) + step, `${variance}`);
  });

  it('is the same in any order of asking, whatever other links there are', () => {
    const sequential = burstPath(settings, 0, 5, 'a');
    const expected = Array.from({ length: 2000 }, (_, i) => sequential.isBad(i / 10));
    fc.assert(
      fc.property(fc.array(fc.nat(1999), { minLength: 1, maxLength: 20 }), (times) => {
        const path = burstPath(settings, 0, 5, 'a');
        const other = burstPath(settings, 0, 5, 'b');
        for (const i of times) {
          other.isBad(i / 7);
          assert.equal(path.isBad(i / 10), expected[i]);
        }
      }),
    );
  });

  it('is defined from 0 on, and at all later times', () => {
    const path = burstPath(settings, 0, 1, 'a');
    assert.equal(typeof path.isBad(1e9), 'boolean');
    for (const seconds of [-1, NaN, Infinity]) assert.throws(() => path.isBad(seconds), RangeError);
  });

  it('is found at once where bad states are one in a million', () => {
    const rare = { ...settings, goodSeconds: 1e6, badSeconds: 1 };
    const path = burstPath(rare, 0, 1, 'a');
    let bad = 0;
    for (let i = 0; i < 100_000; i++) if (path.isBad(i)) bad++;
    assert.ok(bad < 100);
  });
});
