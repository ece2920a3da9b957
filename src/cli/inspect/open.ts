import type { Inspector } from './inspector.js';

export interface InspectOptions {
  /** The port at which inspectors may attach; true: any that is free; absent: none may. */
  readonly inspect?: number | true;
  /** Whether the run waits until one is there. */
  readonly inspectWait: boolean;
  /** Origins of web pages that may attach. */
  readonly inspectOrigin: readonly string[];
}

/** Lets inspectors attach and tells the address, if that was asked for. UserError where the port cannot be had. */
export async function openInspector(
  { inspect, inspectOrigin: origins }: InspectOptions,
  onNote: (note: string) => void,
): Promise<Inspector | null> {
  if (inspect === undefined) return null;
  // Not loaded where it is not asked for.
  const { Inspector } = await import('./inspector.js');
  const inspector = await Inspector.open({ port: inspect === true ? 0 : inspect, origins, onNote });
  onNote(`Inspector: ${inspector.address}`);
  return inspector;
}
