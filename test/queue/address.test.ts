import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { UserError } from '../../src/errors.js';
import { queueAddress } from '../../src/queue/address.js';

describe('the address of a queue', () => {
  it('is of Redis or PostgreSQL, with and without TLS', () => {
    const kinds = ['redis://h:1', 'rediss://h', 'postgres://u@h/d', 'postgresql://u@h/d'].map(
      (text) => queueAddress('--queue', text, {}).kind,
    );
    assert.deepEqual(kinds, ['redis', 'redis', 'postgres', 'postgres']);
  });

  it('takes its password from the environment, where it has none of its own', () => {
    const env = { PWFF_QUEUE_PASSWORD: 'p@ss/word' };
    assert.equal(queueAddress('--queue', 'redis://h', env).url.password, 'p%40ss%2Fword');
    assert.equal(queueAddress('--queue', 'redis://:own@h', env).url.password, 'own');
  });

  it('is shown without its password, also where it is refused', () => {
    const secret = 'redis://user:topsecret@h:6379/2';
    assert.equal(queueAddress('--queue', secret, {}).shown, 'redis://user@h:6379/2');
    assert.equal(
      queueAddress('--queue', 'postgres://u@h/d?password=topsecret', {}).shown,
      'postgres://u@h/d',
    );
    for (const wrong of ['http://user:topsecret@h', 'redis:topsecret', 'redis:///topsecret', '']) {
      assert.throws(
        () => queueAddress('--queue', wrong, {}),
        (error) => error instanceof UserError && !inspect(error.message).includes('topsecret'),
      );
    }
  });

  it('is refused with a file of certificates that is not there', () => {
    const env = { PWFF_QUEUE_CA: '/no/such/file.pem' };
    assert.throws(
      () => queueAddress('--queue', 'rediss://h', env),
      /PWFF_QUEUE_CA: \/no\/such\/file\.pem cannot/,
    );
  });
});
