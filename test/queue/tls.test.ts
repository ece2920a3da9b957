import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  postgresServer,
  redisServer,
  selfSigned,
  type Begun,
  type Certificate,
} from '../../soak/queue-servers.js';
import { queueAddress } from '../../src/queue/address.js';
import { openLink } from '../../src/queue/link.js';

const servers: Readonly<Record<string, (tls: Certificate) => Promise<Begun>>> = {
  Redis: (tls) => redisServer({ tls }),
  PostgreSQL: (tls) => postgresServer({ tls }),
};

describe('a queue behind TLS', function () {
  this.timeout(60_000);
  let folder = '';
  let tls: Certificate | null = null;
  before(function () {
    folder = mkdtempSync(join(tmpdir(), 'pwff-queue-tls-'));
    tls = selfSigned(folder);
    if (tls !== null) return;
    console.log('      skipped: there is no openssl that makes a certificate');
    this.skip();
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, begin] of Object.entries(servers)) {
    it(`on ${name} is reached with the authority of its certificate, and with no other`, async function () {
      const begun = await begin(tls!);
      if ('why' in begun) {
        console.log(`      skipped: ${begun.why}`);
        return this.skip();
      }
      const { server } = begun;
      try {
        await server.start();
        const open = (env: Readonly<Record<string, string>>) => {
          const url = name === 'Redis' ? server.url : `${server.url}?sslmode=verify-full`;
          return openLink(queueAddress('--queue', url, env), assert.fail);
        };
        await assert.rejects(open({}), /cannot be reached \(.*self.signed/);
        const link = await open({ PWFF_QUEUE_CA: join(folder, 'cert.pem') });
        const queue = link.queue('tls');
        await queue.waitUntilReady();
        assert.deepEqual(await queue.getWorkers(), []);
        await queue.close();
      } finally {
        await server.remove();
      }
    });
  }
});
