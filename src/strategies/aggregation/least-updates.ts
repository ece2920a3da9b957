/** Throws a RangeError where a rule gets fewer updates than it holds for; the scenario's check should have. */
export function mustBe(atLeast: number, rule: string, updates: readonly unknown[]): void {
  if (updates.length >= atLeast) return;
  throw new RangeError(`${rule} has ${updates.length} updates and needs at least ${atLeast}`);
}
