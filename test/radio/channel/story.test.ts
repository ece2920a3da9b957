import assert from 'node:assert/strict';
import { attemptsAt } from '../../../src/radio/channel/attempts.js';
import { capacityBps, ratioOfDecibels } from '../../../src/radio/channel/rate.js';
import { messageOf, uplinkWith } from './a-link.js';

const snr = ratioOfDecibels(5);

const sent = (story: 'attempts' | 'blocks', bits: number) => {
  const link = uplinkWith({ story });
  return attemptsAt(bits, link, messageOf(1), 0, [link])[0]!;
};
const near = (found: number, expected: number, relative = 1e-9) =>
  assert.ok(Math.abs(found - expected) <= relative * Math.abs(expected), `${found} instead of ${expected}`);

describe('the story of an attempt', () => {
  it('has gain and rate of each block, which together carry the bits', () => {
    const { samples, seconds, blocks } = sent('blocks', 1e6);
    assert.equal(samples.length, blocks);
    const carried = samples.reduce((sum, { atSeconds, rateBps }, i) => {
      const end = samples[i + 1]?.atSeconds ?? seconds;
      return sum + rateBps * (end - atSeconds);
    }, 0);
    near(carried, 1e6, 1e-6);
    for (const { gain, rateBps } of samples) near(rateBps, capacityBps(1e6, snr, gain));
  });

  it('keeps no more than 240 of the blocks, evenly, and none unless it is asked to', () => {
    const { samples, blocks } = sent('blocks', 1e9);
    assert.ok(blocks > 5000);
    assert.ok(samples.length >= 119 && samples.length <= 240, String(samples.length));
    const gaps = samples.slice(1).map(({ atSeconds }, i) => atSeconds - samples[i]!.atSeconds);
    for (const gap of gaps) near(gap, gaps[0]!, 1e-6);
    assert.deepEqual(sent('attempts', 1e6).samples, []);
  });
});
