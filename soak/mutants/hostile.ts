import { gzipSync } from 'node:zlib';

/*
 * What somebody would put into a file to break what reads it. Large ones are made as they are asked for.
 */

const nested = (open: string, depth: number, close: string) => open.repeat(depth) + close.repeat(depth);

/** A gibibyte of spaces in a megabyte: members of gzip, one behind the other. */
const bomb = Buffer.concat(Array<Buffer>(64).fill(gzipSync(Buffer.alloc(1 << 24, ' '))));

/** Nine levels of nine aliases: 9^9 values in a few lines of YAML ("a billion laughs"). */
const laughs = ['a: &a [x, x, x, x, x, x, x, x, x]']
  .concat(
    [...'bcdefghi'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[i]}`).join()}]`),
  )
  .join('\n');

export const hostileKeys: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'then',
  'toJSON',
  '',
  '\u001b[2J',
  '0',
  'x'.repeat(100_000),
];

/** Values, as they stand in JSON and in YAML. */
export const hostileTexts: readonly (() => string)[] = [
  ...[
    '0',
    '-1',
    '-0',
    '0.5',
    '1e400',
    '-1e308',
    '1e-320',
    '9007199254740993',
    '4294967296',
    '99999999999999999999',
  ],
  ...[
    'null',
    'true',
    'NaN',
    '""',
    '[]',
    '{}',
    '[null]',
    '[[]]',
    '"a"',
    '[{}]',
    '{"a":null}',
    '0x10',
    '1_000',
  ],
  ...['"\\u0000"', '"\\u001b[31mred\\u001b]0;title\\u0007"', '"\\ud800"', '"\u202egnp.exe"', '"\\r\\nover"'],
  ...['"../../../../../../etc/passwd"', '"/etc/passwd"', '"/dev/zero"', '"."', '"file:///etc/passwd"'],
  ...['"__proto__"', '"constructor"', '"toString"', '{"__proto__":{"polluted":1}}', '{"__proto__":null}'],
  ...['{"constructor":{"prototype":{"polluted":1}}}', '{"name":"__proto__"}', '{"name":"constructor"}'],
  ...['{"then":1}', '{"toJSON":1}', '{"length":1e9}', '{"toString":1,"valueOf":1}'],
  ...[
    '&a [*a]',
    '*nobody',
    '!!js/function "function(){}"',
    '!!binary aGk=',
    '<<',
    '? [a] : b',
    '%YAML 1.1\n---\n',
  ],
  ...['"(a+)+$"', '"(x*)*y"', '\n---\n', '\t', '|', '>', '@', '`', '# '],
]
  .map((text) => () => text)
  .concat([
    () => nested('[', 200, ']'),
    () => nested('[', 100_000, ']'),
    () => `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
    () => '['.repeat(300_000),
    () => '- '.repeat(20_000),
    () => `"${'x'.repeat(1 << 20)}"`,
    () => `"${'\\n'.repeat(1 << 19)}"`,
    () => `"${'é'.repeat(1 << 18)}"`,
    () => `[${'0,'.repeat(200_000)}0]`,
    () => `[${'{},'.repeat(50_000)}{}]`,
    () => `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":${i}`).join()}}`,
    () => '9'.repeat(100_000),
    () => `\n${laughs}\n`,
  ]);

/** Bytes that no text has, and some that many have. */
export const hostileBytes: readonly (() => Buffer)[] = [
  () => Buffer.from([0]),
  () => Buffer.alloc(1 << 16),
  () => Buffer.from([0xff, 0xfe]),
  () => Buffer.from([0xfe, 0xff]),
  () => Buffer.from([0xef, 0xbb, 0xbf]),
  () => Buffer.from([0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf8]),
  () => Buffer.from([0x1f, 0x8b]),
  () => Buffer.from('\u001b[2J\u001b]0;title\u0007\u009b31m'),
  () => Buffer.from('\r\r\n\u2028\u2029\u0085'),
  () => Buffer.from('version https://git-lfs.github.com/spec/v1\n'),
  () => Buffer.alloc(8, 0xff),
  () => Buffer.alloc(1 << 20, 'a'),
  () => Buffer.alloc(1 << 20, '\n'),
  () => Buffer.alloc(1 << 20, ','),
  () => Buffer.alloc(1 << 20, '{'),
  () => Buffer.alloc(1 << 20, '"'),
  () => Buffer.alloc(1 << 20, '\\'),
];

/** In the place of a whole file. */
export const hostileFiles: readonly (() => Buffer)[] = [
  () => bomb,
  () => bomb.subarray(0, bomb.length - 100),
  () => gzipSync(Buffer.alloc(1 << 22, '[')),
  () => gzipSync(gzipSync(bomb)),
  () => Buffer.alloc(0),
  () => Buffer.from('null'),
  () => Buffer.from('[]'),
  () => Buffer.from('{"__proto__":{"polluted":1}}'),
  () => Buffer.from(nested('[', 100_000, ']')),
  () => Buffer.from(laughs),
  () => Buffer.alloc(1 << 24, '1'),
];
