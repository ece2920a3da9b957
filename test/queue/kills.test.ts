import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fleet, start } from '../../soak/queue-fleet.js';
import { kill, short, type Victim } from '../../soak/queue-kills.js';
import { postgresServer, redisServer, type Server } from '../../soak/queue-servers.js';
import type { Summary } from '../../src/records/summary.js';

/*
 * Real runs on two real workers. The Redis has a password, and forgets all that it has when it is killed;
 * `npm run soak -- --only queue` kills at random moments, many times.
 */

const password = 'pass:word/with@signs';

const hashIn = (folder: string) =>
  (JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary).traceHash;

/** When so many rows of metrics are written. */
const rowsIn = (folder: string, rows: number) => async () => {
  const file = join(folder, 'metrics.jsonl');
  while (!existsSync(file) || readFileSync(file, 'utf8').split('\n').length <= rows) await sleep(20);
};

/** The trace hash of the run in one process, which goes into `root`. */
async function hashAlone(root: string): Promise<string> {
  const alone = join(root, 'alone');
  await start(['run', 'tiny', ...short, '--backend', 'wasm', '--out', alone, '--quiet']).ended;
  return hashIn(alone);
}

describe('a run at a queue', function () {
  this.timeout(240_000);
  let root = '';
  let server: Server | null = null;
  let fleet: Fleet;
  let expected = '';
  before(async function () {
    const begun = await redisServer({ keeps: false, password });
    if ('why' in begun) {
      console.log(`      skipped: ${begun.why}`);
      return this.skip();
    }
    root = mkdtempSync(join(tmpdir(), 'pwff-queue-'));
    server = begun.server;
    await server.start();
    fleet = new Fleet(['--queue', server.url], server.env);
    await Promise.all([fleet.join(), fleet.join()]);
    expected = await hashAlone(root);
  });
  after(async () => {
    if (server === null) return;
    await fleet.remove();
    await server.remove();
    rmSync(root, { recursive: true });
  });

  async function forget(): Promise<void> {
    await server!.kill();
    await server!.start();
  }

  const victims = { worker: 'a worker', server: 'the Redis, with all that it has,', run: 'the run itself' };
  for (const [victim, name] of Object.entries(victims) as [Victim, string][]) {
    it(`has the trace of a run in one process where ${name} is killed in the middle`, async () => {
      const folder = join(root, victim);
      await forget();
      const place = ['--queue', server!.url];
      const run = await kill[victim]({ server: server!, place, fleet, folder, moment: rowsIn(folder, 6) });
      assert.equal(await run.ended, 0, run.said.err);
      assert.equal(hashIn(folder), expected);
    });
  }

  it('shows its password nowhere', () => {
    for (const { said } of fleet.workers) assert.ok(!(said.out + said.err).includes('word/with'));
    for (const file of ['manifest.json', 'run.log', 'summary.json']) {
      assert.ok(!readFileSync(join(root, 'worker', file), 'utf8').includes('word/with'));
    }
  });

  it('is refused, in one line, with a wrong password', async () => {
    const env = { PWFF_QUEUE_PASSWORD: 'wrong one' };
    const run = start(['run', 'tiny', '--executor', 'bullmq', '--queue', server!.url], env);
    assert.equal(await run.ended, 2);
    assert.match(
      run.said.err,
      /^--queue: redis:\/\/127.*cannot be reached \(WRONGPASS[^\n]*PWFF_QUEUE_PASSWORD\n$/,
    );
    assert.ok(!run.said.err.includes('wrong one'));
  });
});

describe('a run at a queue on PostgreSQL', function () {
  this.timeout(240_000);
  it('pauses while the server is killed, and has the trace of a run in one process', async function () {
    const begun = await postgresServer();
    if ('why' in begun) {
      console.log(`      skipped: ${begun.why}`);
      return this.skip();
    }
    const { server } = begun;
    const root = mkdtempSync(join(tmpdir(), 'pwff-queue-'));
    const place = ['--queue', server.url, '--blobs', root];
    const fleet = new Fleet(place);
    try {
      await server.start();
      await fleet.join();
      await fleet.join();
      const folder = join(root, 'killed');
      const run = await kill.server({ server, place, fleet, folder, moment: rowsIn(folder, 6) });
      assert.equal(await run.ended, 0, run.said.err);
      assert.equal(hashIn(folder), await hashAlone(root));
    } finally {
      await fleet.remove();
      await server.remove();
      rmSync(root, { recursive: true });
    }
  });
});
