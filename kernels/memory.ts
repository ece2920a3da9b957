/*
 * AssemblyScript: compiled to WebAssembly, with SIMD, by `npm run build`. The module imports its memory, on
 * the WebAssembly backend that of TensorFlow.js itself, and keeps nothing of its own in it: every function
 * reads and writes float32 (or int32) arrays at byte addresses that the caller owns.
 */

/** Byte address of an array. */
export type Address = usize;

@inline
export function get(array: Address, index: usize): f32 {
  return load<f32>(array + (index << 2));
}

@inline
export function put(array: Address, index: usize, value: f32): void {
  store<f32>(array + (index << 2), value);
}

/** Elements index … index + 3. */
@inline
export function get4(array: Address, index: usize): v128 {
  return v128.load(array + (index << 2));
}

@inline
export function put4(array: Address, index: usize, values: v128): void {
  v128.store(array + (index << 2), values);
}

/** One element in all four lanes. */
@inline
export function splatAt(array: Address, index: usize): v128 {
  return v128.load32_splat(array + (index << 2));
}

/** Sum of the four lanes, in an order that never changes. */
@inline
export function sum4(values: v128): f32 {
  return (
    f32x4.extract_lane(values, 0) +
    f32x4.extract_lane(values, 1) +
    (f32x4.extract_lane(values, 2) + f32x4.extract_lane(values, 3))
  );
}

@inline
export function max4(values: v128): f32 {
  return max(
    max(f32x4.extract_lane(values, 0), f32x4.extract_lane(values, 1)),
    max(f32x4.extract_lane(values, 2), f32x4.extract_lane(values, 3)),
  );
}

/** JavaScript's natural logarithm. AssemblyScript's own would put a table into the borrowed memory. */
export declare function logarithm(x: f64): f64;
