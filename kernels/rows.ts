import { Address, get4, get, put, put4 } from './memory';

/** to[m] = table[ids[m]], rows of `width`. */
export function gatherRows(table: Address, ids: Address, to: Address, count: usize, width: usize): void {
  for (let m: usize = 0; m < count; m++) {
    const id = <usize>load<i32>(ids + (m << 2));
    memory.copy(to + ((m * width) << 2), table + ((id * width) << 2), width << 2);
  }
}

/** table[ids[m]] += rows[m], in order of m. */
export function addToRows(rows: Address, ids: Address, table: Address, count: usize, width: usize): void {
  for (let m: usize = 0; m < count; m++) {
    const id = <usize>load<i32>(ids + (m << 2));
    add(table + ((id * width) << 2), rows + ((m * width) << 2), width);
  }
}

/** sums (width) = the sum of all rows of x, in order. */
export function columnSums(x: Address, sums: Address, rows: usize, width: usize): void {
  memory.fill(sums, 0, width << 2);
  for (let row: usize = 0; row < rows; row++) add(sums, x + ((row * width) << 2), width);
}

function add(to: Address, x: Address, count: usize): void {
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) put4(to, i, f32x4.add(get4(to, i), get4(x, i)));
  for (; i < count; i++) put(to, i, get(to, i) + get(x, i));
}
