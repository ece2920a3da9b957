/*
 * The face of `pwff/machines`: the six statecharts as they are written, with stand-ins for what a run does in
 * them. `.provide()` puts other implementations in.
 */
export { airMachine } from './air.js';
export { cellMachine } from './cell.js';
export { channelMachine } from './channel.js';
export { clientMachine } from './client.js';
export { serverMachine } from './server.js';
export { simulationMachine } from './simulation.js';
export type * from './air.js';
export type * from './cell.js';
export type * from './channel.js';
export type * from './client.js';
export type * from './events.js';
export type * from './protocol.js';
export type * from './server.js';
export type * from './simulation.js';
