/** What sending costs: power times time on the air, the paper's section V-B. */
export function energyJoules(powerWatts: number, onAirSeconds: number): number {
  return powerWatts * onAirSeconds;
}
