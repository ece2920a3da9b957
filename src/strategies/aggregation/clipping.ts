import { norm, type Vector } from './coordinates.js';

/** A vector that is no longer than `longest`: x · min(1, longest / ‖x‖). */
export function clipped(vector: Vector, longest: number): Vector {
  const length = norm(vector);
  return length > longest ? vector.map((x) => (x * longest) / length) : vector;
}
