import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server of one's own on this machine, on a free port, with a folder of its own. */
export interface Server {
  /** Without its password. */
  readonly url: string;
  /** What a process needs to know besides. */
  readonly env: Readonly<Record<string, string>>;
  start(): Promise<void>;
  /** Ends it as a power failure does. */
  kill(): Promise<void>;
  /** Ends it for good, with all that it holds. */
  remove(): Promise<void>;
}

/** How to begin a server, or why there is none. */
export type Begun = { readonly server: Server } | { readonly why: string };

/** Of a server that speaks TLS; its files stand in `folder`, and are made there. */
export interface Certificate {
  readonly folder: string;
}

const fileOf = ({ folder }: Certificate, name: 'cert' | 'key') => join(folder, `${name}.pem`);

/** A certificate of 127.0.0.1 that is its own authority; null where there is no openssl. */
export function selfSigned(folder: string): Certificate | null {
  const [cert, key] = [fileOf({ folder }, 'cert'), fileOf({ folder }, 'key')];
  const asked = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1'];
  const files = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert];
  return spawnSync('openssl', [...asked, ...files]).status === 0 ? { folder } : null;
}

export interface RedisServer {
  /** Writes every change to the disk, so that it has lost nothing after a kill. */
  readonly keeps?: boolean;
  readonly password?: string;
  readonly tls?: Certificate | null;
}

export async function redisServer({
  keeps = true,
  password = '',
  tls = null,
}: RedisServer = {}): Promise<Begun> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    return { why: 'there is no redis-server (apt-get install redis-server)' };
  }
  const folder = mkdtempSync(join(tmpdir(), 'pwff-redis-'));
  const port = await freePort();
  const args = ['--bind', '127.0.0.1', '--save', '', '--dir', folder];
  args.push(...(tls ? ['--port', '0', '--tls-port', `${port}`] : ['--port', `${port}`]));
  if (tls) {
    const [cert, key] = [fileOf(tls, 'cert'), fileOf(tls, 'key')];
    args.push('--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no');
  }
  if (keeps) args.push('--appendonly', 'yes', '--appendfsync', 'always');
  if (password !== '') args.push('--requirepass', password);
  const isReady = says(
    'redis-cli',
    ['-p', `${port}`, ...(tls ? ['--tls', '--insecure'] : []), 'ping'],
    /PONG|NOAUTH/,
  );
  const server = serverOf(`${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`, folder, isReady, () =>
    spawn('redis-server', args, { stdio: 'ignore' }),
  );
  return { server: password === '' ? server : { ...server, env: { PWFF_QUEUE_PASSWORD: password } } };
}

const postgresFolder = '/usr/lib/postgresql';

/** PostgreSQL refuses to run as root: there it runs as the user "postgres". */
export async function postgresServer({ tls = null }: Pick<RedisServer, 'tls'> = {}): Promise<Begun> {
  const versions = existsSync(postgresFolder) ? readdirSync(postgresFolder) : [];
  const bin = versions.map((version) => join(postgresFolder, version, 'bin')).find(existsSync);
  if (bin === undefined)
    return { why: `there is no PostgreSQL in ${postgresFolder} (apt-get install postgresql)` };
  const folder = mkdtempSync(join(tmpdir(), 'pwff-postgres-'));
  const user = process.getuid?.() === 0 ? idsOf('postgres') : undefined;
  if (user === null) return { why: 'there is no user "postgres", and PostgreSQL does not run as root' };
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const init = ['-D', data, '-U', 'pwff', '--auth=trust', '--no-sync'];
  const made = spawnSync(join(bin, 'initdb'), init, { ...user, cwd: folder, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const args = ['-D', data, '-p', `${port}`, '-c', 'listen_addresses=127.0.0.1', '-k', folder];
  const isReady = says(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', `${port}`], /accepting/);
  if (tls) {
    for (const name of ['cert', 'key'] as const) {
      copyFileSync(fileOf(tls, name), join(folder, name));
      chmodSync(join(folder, name), 0o600);
      if (user) chownSync(join(folder, name), user.uid, user.gid);
    }
    const [cert, key] = [join(folder, 'cert'), join(folder, 'key')];
    args.push('-c', 'ssl=on', '-c', `ssl_cert_file=${cert}`, '-c', `ssl_key_file=${key}`);
  }
  const url = `postgres://pwff@127.0.0.1:${port}/postgres`;
  return {
    server: serverOf(url, folder, isReady, () =>
      spawn(join(bin, 'postgres'), args, { ...user, cwd: folder, stdio: 'ignore' }),
    ),
  };
}

function idsOf(user: string): { readonly uid: number; readonly gid: number } | null {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, user], { encoding: 'utf8' }));
  return uid!.status === 0 ? { uid: Number(uid!.stdout), gid: Number(gid!.stdout) } : null;
}

function serverOf(url: string, folder: string, isReady: () => boolean, open: () => ChildProcess): Server {
  let child: ChildProcess | null = null;
  const kill = async () => {
    if (child === null || hasEnded(child)) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return {
    url,
    env: {},
    start: async () => {
      for (let tries = 0; tries < 200; tries++) {
        // PostgreSQL refuses to start until the children of one that was killed are gone.
        if (child === null || hasEnded(child)) child = open();
        if (isReady()) return;
        await sleep(50);
      }
      throw new Error('the server does not answer within 10 s');
    },
    kill,
    remove: async () => {
      await kill();
      // Children of PostgreSQL's write until they see that it is gone.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

/** Whether a command that asks the server ends well and says so. */
const says = (command: string, args: readonly string[], expected: RegExp) => () =>
  expected.test(spawnSync(command, args, { encoding: 'utf8' }).stdout);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  return address.port;
}
