import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fleet, start } from '../../soak/queue-fleet.js';
import { short } from '../../soak/queue-kills.js';
import { redisServer, type Server } from '../../soak/queue-servers.js';
import { queueAddress } from '../../src/queue/address.js';
import { anyQueue, taskQueue, type Job } from '../../src/queue/job.js';
import { openLink } from '../../src/queue/link.js';
import { standingAt } from '../../src/queue/standing.js';
import { needsPython } from '../python.js';

/*
 * `pwff sweep` and `pwff replay` at a queue, as a user runs them: real runs on a real worker.
 */

const sweep = (out: string, ...more: readonly string[]) => [
  ...['sweep', 'tiny', ...short, '--backend', 'wasm', '--jobs', '2', '--out', out, ...more],
];

describe('pwff sweep and pwff replay at a queue', function () {
  this.timeout(240_000);
  let root = '';
  let server: Server | null = null;
  let fleet: Fleet;
  let queue: readonly string[];
  before(async function () {
    const begun = await redisServer();
    if ('why' in begun) {
      console.log(`      skipped: ${begun.why}`);
      return this.skip();
    }
    root = mkdtempSync(join(tmpdir(), 'pwff-queue-commands-'));
    server = begun.server;
    await server.start();
    queue = ['--executor', 'bullmq', '--queue', server.url];
    fleet = new Fleet(['--queue', server.url]);
  });
  after(async () => {
    if (server === null) return;
    await fleet.remove();
    await server.remove();
    rmSync(root, { recursive: true });
  });

  const address = () => queueAddress('--queue', server!.url);

  /** The runs that put these jobs there. */
  async function runsAt(identity: string): Promise<ReadonlySet<string>> {
    const found = (await openLink(address(), () => {})).queue(taskQueue(identity));
    const jobs = await found.getJobs(['completed']);
    await found.close();
    return new Set(jobs.map(({ data }) => (data as Job).run));
  }

  it('say that they wait for a worker, and take back what waits when they are stopped', async () => {
    const out = join(root, 'stopped');
    const stopped = start(sweep(out, '--seeds', '2', ...queue));
    while (!stopped.said.out.includes('Waits for a worker: pwff worker --queue redis://')) await sleep(50);
    await fleet.join();
    while ((await standingAt(address(), [])).waiting === 0) await sleep(50);
    stopped.child.kill('SIGINT');
    assert.equal(await stopped.ended, 130);
    assert.equal((await standingAt(address(), [])).waiting, 0);
    assert.ok(!existsSync(join(out, 'runs')) || readdirSync(join(out, 'runs')).length === 0);
  });

  it('make the runs that one process makes, each under an id of its own at the queue', async () => {
    const out = join(root, 'whole');
    const whole = start(sweep(out, '--seeds', '2', ...queue));
    assert.equal(await whole.ended, 0, whole.said.err);
    const [worker] = (await standingAt(address(), [])).workers;
    assert.ok((await runsAt(worker!.split('.')[0]!)).size >= 2);
    assert.equal((await runsAt(anyQueue())).size, 0);
    const [first, second] = readdirSync(join(out, 'runs')).map((name) => join(out, 'runs', name));
    const here = start(['replay', first!, '--json']);
    assert.equal(await here.ended, 0, here.said.out + here.said.err);
    const there = start(['replay', second!, '--json', ...queue]);
    assert.equal(await there.ended, 0, there.said.out + there.said.err);
  });
});

describe('where there is no queue', function () {
  this.timeout(60_000);
  const nowhere = ['--executor', 'bullmq', '--queue', 'redis://127.0.0.1:1'];

  it('a sweep is refused in one line before anything runs', async () => {
    const root = mkdtempSync(join(tmpdir(), 'pwff-queue-none-'));
    try {
      const refused = start(sweep(join(root, 'study'), ...nowhere));
      assert.equal(await refused.ended, 2);
      assert.match(refused.said.err, /^--queue: redis:\/\/127\.0\.0\.1:1\/? cannot be reached [^\n]*\n$/);
      assert.deepEqual(readdirSync(join(root, 'study', 'failures')), []);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('commands are refused in one line that name none', async () => {
    for (const command of [
      ['sweep', 'tiny'],
      ['replay', 'runs/none'],
    ]) {
      const refused = start([...command, '--executor', 'bullmq'], { PWFF_QUEUE: '' });
      assert.equal(await refused.ended, 2);
      assert.match(refused.said.err, /^--executor: is "bullmq" without a queue[^\n]*\n$/);
      const unused = start([...command, '--queue', 'redis://h']);
      assert.equal(await unused.ended, 2);
      assert.match(unused.said.err, /^--queue: stands without --executor bullmq[^\n]*\n$/);
    }
  });
});

describe('a sweep in Python', function () {
  it('is another study than one in TensorFlow.js, and is refused in one line without PyTorch', async function () {
    this.timeout(60_000);
    const root = mkdtempSync(join(tmpdir(), 'pwff-python-none-'));
    try {
      const args = sweep(join(root, 'study'), '--executor', 'python');
      const refused = start(args, { PWFF_PYTHON: join(root, 'no-python') });
      assert.equal(await refused.ended, 2, refused.said.err);
      assert.match(refused.said.err, /^[^\n]*no-python[^\n]*\n$/);
      const other = start(sweep(join(root, 'study')));
      assert.equal(await other.ended, 2);
      assert.match(other.said.err, /^[^\n]*another study[^\n]*\n$/);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('leaves runs of Python, which are made again in Python', async function () {
    needsPython(this);
    const root = mkdtempSync(join(tmpdir(), 'pwff-python-sweep-'));
    try {
      const done = start(sweep(join(root, 'study'), '--executor', 'python'));
      assert.equal(await done.ended, 0, done.said.err);
      const [name] = readdirSync(join(root, 'study', 'runs'));
      const again = start(['replay', join(root, 'study', 'runs', name!)]);
      assert.equal(await again.ended, 0, again.said.out + again.said.err);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
