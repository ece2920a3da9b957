import assert from 'node:assert/strict';
import type { RunEvent } from '../../src/records/run-event.js';
import { protocolRun } from './untrained.js';

/** Seconds of each task, by client, task, stage and round. */
async function secondsOfTasks(slowdown: object | string): Promise<ReadonlyMap<string, number>> {
  const started = new Map<string, number>();
  const seconds = new Map<string, number>();
  const next = (event: RunEvent) => {
    if (event.type !== 'task-started' && event.type !== 'task-finished') return;
    const name = [event.actor, event.task, event.stage, event.round].join(' ');
    if (event.type === 'task-started') started.set(name, event.virtualSeconds);
    else seconds.set(name, event.virtualSeconds - started.get(name)!);
  };
  const devices = [{ gigaflopsPerSecond: 2, share: 1, slowdown }];
  await protocolRun([`clients.devices=${JSON.stringify(devices)}`], { observers: [{ next }] });
  return seconds;
}

describe('a device that is slow now and then', () => {
  it('takes longer for each training task by a draw of its own, and no longer to be measured', async () => {
    const plain = await secondsOfTasks('none');
    const slow = await secondsOfTasks({ name: 'exponential', mean: 2 });
    const factors = new Map<string, number[]>();
    for (const [name, seconds] of plain) {
      if (name.startsWith('server')) continue;
      const task = name.split(' ')[1]!;
      factors.set(task, [...(factors.get(task) ?? []), slow.get(name)! / seconds]);
    }
    for (const task of ['instruct', 'reward', 'freeze', 'align']) {
      const own = factors.get(task)!;
      assert.ok(
        own.every((factor) => factor > 1),
        `${task}: ${own.join(' ')}`,
      );
      assert.equal(new Set(own.map((factor) => factor.toFixed(3))).size, own.length, task);
    }
    for (const task of ['evaluate', 'rewardTest', 'score']) {
      for (const factor of factors.get(task)!) {
        assert.ok(Math.abs(factor - 1) < 0.01, `${task}: ${factor}`);
      }
    }
  });
});
