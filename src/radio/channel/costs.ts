import type { Airtime, Attempt } from './attempt.js';
import { transmitJoules as consumed } from './directions/transmitter.js';
import type { Link } from './link.js';

type Costs = Pick<Attempt, 'transmitJoules' | 'receiveJoules' | 'idleJoules' | 'energyJoules'>;

/** Joules of an attempt and of the wait after it; what the sender of a broadcast spends is shared by its receivers. */
export function costsOf(
  { powerWatts, transmitter, receivePowerWatts, idlePowerWatts }: Link,
  { seconds, onAirSeconds, powerSeconds }: Airtime,
  waitSeconds: number,
  receivers: number,
): Costs {
  const transmitJoules = consumed(transmitter, powerWatts * powerSeconds, onAirSeconds) / receivers;
  const receiveJoules = receivePowerWatts * onAirSeconds;
  const idleJoules = (idlePowerWatts * (seconds - onAirSeconds + waitSeconds)) / receivers;
  return {
    transmitJoules,
    receiveJoules,
    idleJoules,
    energyJoules: transmitJoules + receiveJoules + idleJoules,
  };
}
