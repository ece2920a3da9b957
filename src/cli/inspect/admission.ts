import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may attach. */
export interface Admission {
  readonly port: number;
  readonly token: string;
  /** Origins of web pages that the user has named, for example "https://stately.ai". */
  readonly origins: readonly string[];
}

/**
 * Why a request to attach is refused; null where it is not. Any page that a browser shows can reach a port of
 * this machine: so the address has to be asked for by one of this machine's own names (a foreign name that
 * points here is refused), to carry the token, and a page has to be of an origin that the user named.
 */
export function refusalOf(
  { headers: { host, origin }, url = '/' }: Pick<IncomingMessage, 'headers' | 'url'>,
  { port, token, origins }: Admission,
): string | null {
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return `the host is not 127.0.0.1:${port}`;
  }
  if (!isEqual(tokenIn(url), token)) {
    return 'the token is not the one that pwff printed';
  }
  if (origin !== undefined && !origins.includes(origin)) {
    return `pages of ${origin} may not attach; pwff run --inspect-origin ${origin} lets them`;
  }
  return null;
}

function tokenIn(url: string): string {
  return new URLSearchParams(url.split('?')[1] ?? '').get('token') ?? '';
}

function isEqual(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
