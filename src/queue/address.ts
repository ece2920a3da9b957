import { readFileSync } from 'node:fs';
import { messageOf, UserError } from '../errors.js';

/** Where a queue is. */
export interface QueueAddress {
  readonly kind: 'redis' | 'postgres';
  /** With the password, for the client alone. */
  readonly url: URL;
  /** Without it, for people. */
  readonly shown: string;
  /** Certificates of the authority that the server's own is checked by; null: the system's. */
  readonly authority: string | null;
}

const kinds: Readonly<Record<string, QueueAddress['kind']>> = {
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
};

/** Environment variables in which a password stands that neither a command line nor a list of processes shows. */
export const environment = { password: 'PWFF_QUEUE_PASSWORD', authority: 'PWFF_QUEUE_CA' } as const;

/** Reads redis://…, rediss://… (TLS) or postgres://…; UserError, without the password, for anything else. */
export function queueAddress(option: string, text: string, env = process.env): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  const kind = url && kinds[url.protocol];
  if (!url || !kind || url.hostname === '') {
    const is = url && url.hostname !== '' ? `is ${JSON.stringify(withoutPassword(url))}` : 'is no address';
    throw new UserError(
      `${option}: ${is}, expected redis://host:6379, rediss://… (TLS) or postgres://user@host/database`,
    );
  }
  const password = env[environment.password];
  if (url.password === '' && password) url.password = encodeURIComponent(password);
  const file = env[environment.authority];
  return { kind, url, shown: withoutPassword(url), authority: file ? certificates(file) : null };
}

function withoutPassword(url: URL): string {
  const shown = new URL(url);
  shown.password = '';
  // A query may hold one as well: what it is for is seen without it.
  shown.search = '';
  return shown.href;
}

function certificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(
      `${environment.authority}: ${file} cannot be read (${messageOf(error)}), expected a file of certificates (PEM)`,
    );
  }
}
