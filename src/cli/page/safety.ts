import type { IncomingMessage } from 'node:http';

/** The only address that the page is served at. */
export const localHost = '127.0.0.1';

/** What every answer carries: nothing from elsewhere, nothing inline, no frame, no guessing of types. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** An answer of a status alone, for who asks in a way that no page would. */
export function bareAnswer(status: string): string {
  const headers = Object.entries({ ...safeHeaders, Connection: 'close', 'Content-Length': '0' });
  return [`HTTP/1.1 ${status}`, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
}

/**
 * Why a request is refused, null where it is not. A page of another origin can reach 127.0.0.1, under a name of its
 * own even; so Host and Origin must be ours to the letter. A browser names the origin of every socket, but not of
 * every page that it opens.
 */
export function refusal(
  { headers, headersDistinct }: Pick<IncomingMessage, 'headers' | 'headersDistinct'>,
  port: number,
  what: 'request' | 'socket',
): string | null {
  const { host, origin, 'sec-fetch-site': site } = headers;
  const own = `${localHost}:${port}`;
  if ((headersDistinct['host']?.length ?? 0) > 1) return 'there are several hosts';
  if (host !== own) return `host is ${JSON.stringify(host ?? null)}, expected ${own}`;
  if (origin === undefined && what === 'socket') return 'the origin is missing';
  if (origin !== undefined && origin !== `http://${own}`) return `origin is ${JSON.stringify(origin)}`;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return `the request is ${site}`;
  return null;
}
