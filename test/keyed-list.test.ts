import assert from 'node:assert/strict';
import fc from 'fast-check';
import { appended, valueAt, type Appended } from '../src/appended.js';
import { Digest, keyedList, valueOf, withValues, type KeyedList } from '../src/keyed-list.js';

const listOf = (values: readonly number[]) =>
  keyedList(values.map((value, place) => [`key-${place}`, value]));
const all = (list: KeyedList<number>) => list.keys.map((key) => valueOf(list, key));

describe('a keyed list', () => {
  it('is what a copied array would be, whatever is changed when, and the lists before stay as they were', () => {
    const changes = fc.array(fc.tuple(fc.nat(599), fc.integer()), { maxLength: 30 });
    const check = (values: number[], some: [number, number][]) => {
      let [list, array] = [listOf(values), [...values]];
      const before: [KeyedList<number>, number[]][] = [];
      for (const [at, value] of some.filter(([at]) => at < values.length)) {
        before.push([list, array]);
        list = withValues(list, [`key-${at}`], () => value);
        array = array.with(at, value);
      }
      for (const [known, expected] of [...before, [list, array] as const]) {
        assert.deepEqual(all(known), expected);
      }
    };
    fc.assert(fc.property(fc.array(fc.integer(), { maxLength: 600 }), changes, check), { numRuns: 50 });
  });

  it('knows no other keys', () => {
    assert.equal(valueOf(listOf([1]), 'key-1'), undefined);
    assert.throws(() => withValues(listOf([1]), ['key-1'], () => 2), /key-1 is not in the list/);
    assert.deepEqual(all(listOf([])), []);
  });

  it('is asked anew, after a change of one value of 4096, of the 16 values beside it', () => {
    let asked = 0;
    const least = new Digest<number, number>((value) => (asked++, value), Math.min, Infinity);
    const list = listOf(Array.from({ length: 4096 }, (_, place) => 10 + place));
    assert.equal(least.total(list), 10);
    assert.equal(asked, 4096);
    asked = 0;
    assert.equal(least.total(list), 10);
    assert.equal(asked, 0);
    const changed = withValues(list, ['key-4000'], () => 3);
    assert.equal(least.total(changed), 3);
    assert.equal(asked, 16);
    asked = 0;
    assert.deepEqual(
      least.keysWhere(changed, (value) => value < 10),
      ['key-4000'],
    );
    assert.equal(asked, 16);
  });

  it('finds what a filter finds, in the same order', () => {
    const check = (values: number[], limit: number) => {
      const least = new Digest<number, number>((value) => value, Math.min, Infinity);
      const expected = values.flatMap((value, place) => (value <= limit ? [`key-${place}`] : []));
      assert.deepEqual(
        least.keysWhere(listOf(values), (value) => value <= limit),
        expected,
      );
    };
    fc.assert(fc.property(fc.array(fc.nat(20), { maxLength: 300 }), fc.nat(20), check));
  });
});

describe('values that are appended', () => {
  it('are where they were put, over the ends of blocks, and the list before has one less', () => {
    let list: Appended<number> = { blocks: [], last: [] };
    const lists = Array.from({ length: 1300 }, (_, value) => (list = appended(list, value)));
    for (const place of [0, 511, 512, 513, 1023, 1024, 1299]) assert.equal(valueAt(list, place), place);
    assert.equal(valueAt(list, 1300), undefined);
    assert.equal(valueAt(lists[511]!, 512), undefined);
    assert.equal(valueAt(lists[512]!, 512), 512);
    assert.equal(lists[1299]!.blocks[0], lists[600]!.blocks[0]);
  });
});
