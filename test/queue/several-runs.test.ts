import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { stubExecutor } from '../../src/learning/training/stub-executor.js';
import { atServers, stubWith, type Tasks } from './at-servers.js';

atServers('a queue of several runs', (place) => {
  /** Tasks that end when this is no longer so, or when they are given up. */
  const slowly =
    (isSlow: () => boolean): Tasks =>
    async (request, attempt) => {
      while (isSlow()) await sleep(20, undefined, { signal: attempt!.signal });
      return stubExecutor().run(request);
    };

  it('computes a task anew for a run that asks for that', async () => {
    let computed = 0;
    const run: Tasks = (request) => {
      computed++;
      return stubExecutor().run(request);
    };
    await place.worker(stubWith({ run }));
    const request = place.fresh();
    await (await place.client()).run(request);
    await (await place.client()).run(request);
    assert.equal(computed, 1);
    await (await place.client({ anew: true })).run(request);
    assert.equal(computed, 2);
  });

  it('computes for one run what another has given up', async () => {
    let isSlow = true;
    await place.worker(stubWith({ run: slowly(() => isSlow) }));
    const [first, second] = [await place.client(), await place.client()];
    const request = place.fresh();
    const given = first.run(request).catch(() => 'given up');
    while ((await place.standing()).active.length === 0) await sleep(50);
    const wanted = second.run(request);
    await sleep(300);
    place.open.splice(place.open.indexOf(first), 1);
    await first.close();
    assert.equal(await given, 'given up');
    await sleep(3000);
    isSlow = false;
    assert.deepEqual((await wanted).metrics, (await stubExecutor().run(request)).metrics);
  });

  it('says how many workers there are, and when none is left, and goes on with the next', async () => {
    let isSlow = true;
    const worker = await place.worker(stubWith({ run: slowly(() => isSlow) }));
    const said = async (words: RegExp) => {
      while (!words.test(place.said.join('\n'))) await sleep(50);
    };
    const executor = await place.client();
    const results = Promise.all([executor.run(place.fresh()), executor.run(place.fresh())]);
    await said(/^1 worker at \S+; 1 task waiting, 1 being computed\.$/m);
    isSlow = false;
    place.open.splice(place.open.indexOf(worker), 1);
    await worker.close();
    await said(/^No worker is left at \S+; \d tasks? waiting for one: pwff worker --queue \S+$/m);
    await place.worker();
    await results;
  });
});
