import assert from 'node:assert/strict';
import { ask, madeUpView, secret, send, served, type Answered, type Served } from './served.js';

/* What a page of another origin, another user or a broken client may send to the page of a run. */

describe('the page among strangers', () => {
  let own: Served;
  beforeEach(async () => (own = await served()));
  afterEach(() => own.page.close());

  const under = (path: string) => `/${own.token}/${path}`;

  /** Nothing of the run, of the token or of the disk stands in an answer, and its headers are the safe ones. */
  function leaksNothing({ headers, body }: Answered): void {
    assert.ok(!body.includes(secret), 'the run leaks');
    assert.ok(!body.includes(own.token), 'the token leaks');
    assert.doesNotMatch(body, /root:|node_modules|"type":"module"|\bat .*\.js:\d+/);
    isSafe(headers);
  }

  function isSafe(headers: Answered['headers']): void {
    assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(String(headers['content-security-policy']), /unsafe|\*/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['access-control-allow-origin'], undefined);
  }

  describe('lets its own in', () => {
    it('with the token, from no page or from its own', async () => {
      const origin = `http://127.0.0.1:${own.port}`;
      for (const headers of [
        {},
        { Origin: origin, 'Sec-Fetch-Site': 'same-origin' },
        { 'Sec-Fetch-Site': 'none' },
      ]) {
        const answer = await ask(own.port, under('api/run'), headers);
        assert.equal(answer.status, 200);
        assert.ok(answer.body.includes(secret));
        isSafe(answer.headers);
      }
    });

    it('with safe headers on each of its files', async () => {
      for (const file of ['', 'page.js', 'page.css', 'charts.json']) {
        const { status, headers } = await ask(own.port, under(file));
        assert.equal(status, 200, file);
        isSafe(headers);
      }
    });

    it('and answers HEAD without a body', async () => {
      const { status, body } = await ask(own.port, under('api/run'), {}, 'HEAD');
      assert.deepEqual([status, body], [200, '']);
    });
  });

  const refusedHeaders: readonly (readonly [string, (port: number) => Record<string, string>])[] = [
    ['a Host of another name', () => ({ Host: 'evil.example' })],
    ['a Host of another name with our port', (port) => ({ Host: `evil.example:${port}` })],
    ['a Host that begins with ours', (port) => ({ Host: `127.0.0.1:${port}.evil.example` })],
    ['localhost', (port) => ({ Host: `localhost:${port}` })],
    ['the address in IPv6', (port) => ({ Host: `[::1]:${port}` })],
    ['the address mapped into IPv6', (port) => ({ Host: `[::ffff:127.0.0.1]:${port}` })],
    ['the address as one number', (port) => ({ Host: `2130706433:${port}` })],
    ['another address of this machine', (port) => ({ Host: `127.0.0.2:${port}` })],
    ['another port', (port) => ({ Host: `127.0.0.1:${port + 1}` })],
    ['no port', () => ({ Host: '127.0.0.1' })],
    ['an empty Host', () => ({ Host: '' })],
    ['a foreign Origin', () => ({ Origin: 'https://evil.example' })],
    ['the Origin of a sandbox', () => ({ Origin: 'null' })],
    ['our Origin with TLS', (port) => ({ Origin: `https://127.0.0.1:${port}` })],
    ['the Origin of another port', (port) => ({ Origin: `http://127.0.0.1:${port + 1}` })],
    ['the Origin localhost', (port) => ({ Origin: `http://localhost:${port}` })],
    ['a cross-site request', () => ({ 'Sec-Fetch-Site': 'cross-site' })],
    ['a same-site request', () => ({ 'Sec-Fetch-Site': 'same-site' })],
    ['a made-up site', () => ({ 'Sec-Fetch-Site': 'same-origin, cross-site' })],
  ];

  describe('refuses with 403, the token notwithstanding,', () => {
    for (const [what, headers] of refusedHeaders) {
      it(what, async () => {
        const answer = await ask(own.port, under('api/run'), headers(own.port));
        assert.equal(answer.status, 403, answer.body);
        leaksNothing(answer);
      });
    }

    it('a request without Host, of HTTP/1.0', async () => {
      const answer = await send(own.port, `GET ${under('api/run')} HTTP/1.0\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 403 /);
      assert.ok(!answer.includes(secret));
    });
  });

  it('refuses two Hosts, a Host missing in HTTP/1.1, and lines that are no HTTP', async () => {
    const host = `Host: 127.0.0.1:${own.port}\r\n`;
    const line = `GET ${under('api/run')} HTTP/1.1\r\n`;
    for (const text of [
      `${line}${host}Host: evil.example\r\n\r\n`,
      `${line}\r\n`,
      `GET /\r\n\r\n`,
      `${line}${host}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
      `${line}${host}X: ${'x'.repeat(40_000)}\r\n\r\n`,
      `${line}${host}Expect: miracles\r\nConnection: close\r\n\r\n`,
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    ]) {
      const answer = await send(own.port, text);
      assert.match(answer, /Content-Security-Policy: default-src 'none'/, text.slice(0, 80));
      assert.match(answer, /^HTTP\/1\.1 4\d\d /, text.slice(0, 80));
      assert.ok(!answer.includes(secret), text.slice(0, 80));
    }
  });

  describe('hides behind its token', () => {
    const tokens: readonly (readonly [string, (token: string) => string])[] = [
      ['none', () => '/api/run'],
      ['an empty one', () => '//api/run'],
      ['a wrong one of its length', (token) => `/${'A'.repeat(token.length)}/api/run`],
      ['a short one', (token) => `/${token.slice(0, -1)}/api/run`],
      ['a long one', (token) => `/${token}A/api/run`],
      ['a very long one', (token) => `/${token.repeat(200)}/api/run`],
      [
        'one with another last letter',
        (token) => `/${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}/api/run`,
      ],
      ['one in capitals', (token) => `/${token.toUpperCase()}/api/run`],
      ['an encoded one', (token) => `/%${token.charCodeAt(0).toString(16)}${token.slice(1)}/api/run`],
      ['one in the query', (token) => `/api/run?token=${token}`],
      ['one after dots', (token) => `/x/../${token}/api/run`],
      ['one in the fragment of an absolute address', () => 'http://evil.example/api/run#'],
    ];
    for (const [what, path] of tokens) {
      it(`when the token is ${what}`, async () => {
        const answer = await ask(own.port, path(own.token));
        assert.equal(answer.status, 404, answer.body);
        leaksNothing(answer);
      });
    }
  });

  describe('serves nothing of the disk', () => {
    const paths = [
      '../package.json',
      '../../package.json',
      '..%2f..%2fpackage.json',
      '%2e%2e/%2e%2e/package.json',
      '%2e%2e%2f%2e%2e%2fpackage.json',
      '%252e%252e%252fpackage.json',
      '..%5c..%5cpackage.json',
      '..\\..\\package.json',
      '....//....//package.json',
      '..;/package.json',
      '%c0%ae%c0%ae/package.json',
      '/etc/passwd',
      '//etc/passwd',
      'file:///etc/passwd',
      'page.js/../../../package.json',
      'page.js%00.css',
      'page.js.map',
      'index.html',
      './',
      'api/../../package.json',
      'api/run/../../../package.json',
    ];
    for (const path of paths) {
      it(`at ${path}`, async () => {
        const answer = await ask(own.port, under(path));
        assert.equal(answer.status, 404, answer.body);
        leaksNothing(answer);
      });
    }
  });

  it('knows no name but those of its answers', async () => {
    const names = [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'valueof',
      'RUN',
      'run/',
      'run%20',
      '',
    ];
    for (const name of names) {
      const answer = await ask(own.port, under(`api/${name}`));
      assert.equal(answer.status, 404, name);
      leaksNothing(answer);
    }
    for (const file of ['__proto__', 'constructor', 'toString']) {
      assert.equal((await ask(own.port, under(file))).status, 404, file);
    }
  });

  it('answers GET and HEAD alone', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const answer = await ask(own.port, under('api/run'), {}, method);
      assert.equal(answer.status, 405, method);
      leaksNothing(answer);
    }
  });

  it('tunnels to nowhere', async () => {
    const answer = await send(
      own.port,
      'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n',
    );
    assert.doesNotMatch(answer, /^HTTP\/1\.1 2/);
  });

  describe('refuses with 400', () => {
    const queries = [
      'state?at=1e308',
      'state?at=99999999999999999999',
      'state?at=5',
      'state?at=-7',
      'state?at=0.5',
      'state?at=NaN',
      'state?at=Infinity',
      'state?at=__proto__',
      `state?at=${'9'.repeat(4_000)}`,
      `place?seconds=${'x'.repeat(8_000)}`,
      'events?limit=1e999',
      'events?from=1.5',
      'seek?from=%00',
      'message?id=-1',
      'message?id=1e9',
      'message?id=%3Cscript%3E',
      'timeline?from=x',
      'run?run=1',
      'run?run=-1',
      'run?run=__proto__',
      'run?run=constructor',
      'run?run=length',
      'run?run=0.5',
    ];
    for (const query of queries) {
      it(query.slice(0, 60), async () => {
        const answer = await ask(own.port, under(`api/${query}`));
        assert.equal(answer.status, 400, answer.body.slice(0, 200));
        assert.ok(answer.body.length < 500, 'what was asked comes back at length');
        assert.match(answer.headers['content-type']!, /^application\/json/);
        leaksNothing(answer);
      });
    }
  });

  it('finds nothing under names that are everybody’s, and limits what one answer holds', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const { body } = await ask(own.port, under(`api/events?actor=${name}`));
      assert.deepEqual(JSON.parse(body), { events: [] }, name);
      const counted = JSON.parse((await ask(own.port, under(`api/state?at=0&actor=${name}`))).body) as {
        readonly counts: unknown;
      };
      assert.deepEqual(counted.counts, { states: {}, transitions: {} });
      assert.deepEqual(JSON.parse((await ask(own.port, under(`api/seek?step=${name}`))).body), { at: -1 });
    }
    const many = await ask(own.port, under('api/messages?limit=1000000&to=1e300'));
    assert.ok((JSON.parse(many.body) as { messages: unknown[] }).messages.length <= 500);
  });

  it('tells two runs apart, and no third', async () => {
    await own.page.close();
    own = await served({ views: [madeUpView(), madeUpView()] });
    assert.equal((await ask(own.port, under('api/run?run=1'))).status, 200);
    assert.equal((await ask(own.port, under('api/run?run=2'))).status, 400);
    assert.deepEqual(JSON.parse((await ask(own.port, under('api/difference'))).body), { at: null });
  });
});
