import { createInterface } from 'node:readline';
import { stream } from '../../src/simulation/random/stream.js';
import { VirtualClock } from '../../src/simulation/clock/virtual-clock.js';

/*
 * Events a second of the clock alone, as a process that answers each line, a number of sleepers, by events a second of
 * CPU time: each sleeps for uniform draws of up to a second, over and over, as in bench/peers/simpy_case.py.
 */

const total = 200_000;

async function rate(sleepers: number): Promise<number> {
  const clock = new VirtualClock();
  const draw = stream('bench', 'sleepers');
  let events = 0;
  const sleep = () => {
    events += 1;
    clock.at(draw.uniform(), sleep);
  };
  for (let i = 0; i < sleepers; i++) clock.at(draw.uniform(), sleep);
  const before = process.cpuUsage();
  await clock.run({ stop: () => events >= total });
  const { user, system } = process.cpuUsage(before);
  return (1e6 * total) / (user + system);
}

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) console.log(await rate(Number(line)));
