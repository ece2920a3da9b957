/** What energy is spent on: sending, listening, waiting with a message, computing. */
export const energyKinds = ['transmitJoules', 'receiveJoules', 'idleJoules', 'computeJoules'] as const;

/** Joules by what they were spent on. */
export type Energy = Readonly<Record<(typeof energyKinds)[number], number>>;

export const sides = ['devices', 'server'] as const;

/** Joules of all clients' devices, and of the server. */
export type EnergyBySide = Readonly<Record<(typeof sides)[number], Energy>>;

const nothing: Energy = { transmitJoules: 0, receiveJoules: 0, idleJoules: 0, computeJoules: 0 };
export const noEnergy: EnergyBySide = { devices: nothing, server: nothing };

interface Transmission {
  readonly from: string;
  readonly transmitJoules: number;
  readonly receiveJoules: number;
  readonly idleJoules: number;
}

/** What a message cost its two ends: the sender transmits and idles, the receiver receives. */
export function energyOfMessage({
  from,
  transmitJoules,
  receiveJoules,
  idleJoules,
}: Transmission): EnergyBySide {
  const sender = { ...nothing, transmitJoules, idleJoules };
  const receiver = { ...nothing, receiveJoules };
  return from === 'server' ? { devices: receiver, server: sender } : { devices: sender, server: receiver };
}

/** What work cost whom. */
export function energyOfWork({
  actor,
  joules,
}: {
  readonly actor: string;
  readonly joules: number;
}): EnergyBySide {
  const spent = { ...nothing, computeJoules: joules };
  return actor === 'server' ? { ...noEnergy, server: spent } : { ...noEnergy, devices: spent };
}

/** Both sides and all kinds, each by itself. */
export function combined(
  one: EnergyBySide,
  other: EnergyBySide,
  by: (one: number, other: number) => number,
): EnergyBySide {
  const both = (a: Energy, b: Energy): Energy => ({
    transmitJoules: by(a.transmitJoules, b.transmitJoules),
    receiveJoules: by(a.receiveJoules, b.receiveJoules),
    idleJoules: by(a.idleJoules, b.idleJoules),
    computeJoules: by(a.computeJoules, b.computeJoules),
  });
  return { devices: both(one.devices, other.devices), server: both(one.server, other.server) };
}

export function summed(all: readonly EnergyBySide[]): EnergyBySide {
  return all.reduce((total, one) => combined(total, one, (a, b) => a + b), noEnergy);
}

/** Joules of all kinds. */
export function joulesOf(energy: Energy): number {
  return energyKinds.reduce((sum, kind) => sum + energy[kind], 0);
}

/** Joules of both sides and all kinds. */
export function totalJoules({ devices, server }: EnergyBySide): number {
  return joulesOf(devices) + joulesOf(server);
}
