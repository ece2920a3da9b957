import assert from 'node:assert/strict';
import type { World } from '../../src/actors/world.js';
import { exit, exitCodeOf } from '../../src/cli/exit.js';
import { endedSentence } from '../../src/records/report/ended.js';
import { protocolRun } from './untrained.js';

/** Closes round after round in no time, each of nothing. */
function inNoTime(world: World): void {
  world.clock.mostAtOnce = 3_000;
  Object.assign(world, {
    discipline: { ...world.discipline, isDue: () => false, deadlineSeconds: () => 0 },
  });
}

describe('a run in which events go round while time stands still', function () {
  this.timeout(60_000);
  it('ends with the actors that take them, and which', async () => {
    const { ended, run } = await protocolRun(['instruction.maxRounds=100000'], { prepare: inNoTime });
    assert.ok(ended.reason === 'livelock', JSON.stringify(ended));
    assert.equal(ended.virtualSeconds, run.world.clock.nowSeconds);
    const ofServer = ended.repeating.find(({ actor }) => actor === 'server');
    assert.match(ofServer!.event, /^xstate\.after\.deadline/);
    assert.ok(ofServer!.times > 10, JSON.stringify(ended.repeating));
    assert.match(
      endedSentence(ended),
      /^Livelock: time stands still at 0 s .*server took xstate\.after\.deadline/,
    );
    assert.equal(exitCodeOf(ended, exit.interrupted), exit.failed);
  });

  it('goes on where time goes on, however many events one moment has', async () => {
    const prepare = (world: World) => void (world.clock.mostAtOnce = 60);
    const { ended } = await protocolRun([], { prepare });
    assert.equal(ended.reason, 'finished', JSON.stringify(ended));
  });
});
