import assert from 'node:assert/strict';
import { seedsFrom } from '../../src/study/seeds.js';
import { gridFrom, splitAtCommas } from '../../src/study/vary-option.js';

describe('--seeds', () => {
  it('is a number of seeds, seeds, or the first and the last', () => {
    assert.deepEqual(seedsFrom('5'), [1, 2, 3, 4, 5]);
    assert.deepEqual(seedsFrom('11,12'), [11, 12]);
    assert.deepEqual(seedsFrom('11..15'), [11, 12, 13, 14, 15]);
    assert.deepEqual(seedsFrom('7,'), [7]);
    assert.deepEqual(seedsFrom('7..7'), [7]);
  });

  for (const wrong of [
    '0',
    '',
    '1,1',
    '-1',
    '1.5',
    '5..1',
    'five',
    '1,,2',
    '1..1000000000',
    '9007199254740993,',
  ]) {
    it(`refuses ${JSON.stringify(wrong)} in one line`, () => {
      assert.throws(() => seedsFrom(wrong), {
        name: 'UserError',
        message: /^--seeds: is ".*", expected a number of seeds .*$/,
      });
    });
  }
});

describe('--vary', () => {
  it('gives values as --set reads them: JSON, else words', () => {
    assert.deepEqual(gridFrom(['channel.uplink.meanSnrDb=0,5.5', 'method=pwff,sfl', 'model.fromPeft=null']), {
      'channel.uplink.meanSnrDb': [0, 5.5],
      method: ['pwff', 'sfl'],
      'model.fromPeft': [null],
    });
  });

  it('keeps lists, objects and strings of JSON whole, words beside them', () => {
    assert.deepEqual(splitAtCommas('fedavg,{"name":"krum","byzantine":1},[1,2],"a,b"'), [
      'fedavg',
      '{"name":"krum","byzantine":1}',
      '[1,2]',
      '"a,b"',
    ]);
  });

  for (const [wrong, message] of [
    ['clients.count', '--vary: is "clients.count", expected path=value,value, for example'],
    ['clients.count=', '--vary: is "clients.count=", expected path=value,value, for example'],
    ['a=1,,2', '--vary: is "a=1,,2", expected path=value,value, for example'],
  ] as const) {
    it(`refuses ${wrong} in one line`, () => {
      assert.throws(
        () => gridFrom([wrong]),
        (error: Error) => error.name === 'UserError' && error.message.startsWith(message),
      );
    });
  }

  it('refuses a setting that stands twice', () => {
    assert.throws(() => gridFrom(['a=1', 'a=2']), {
      message: '--vary: varies a twice, expected it once; write all values after one',
    });
  });
});
