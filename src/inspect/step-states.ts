import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { clientMachine } from '../../machines/client.js';
import { serverMachine } from '../../machines/server.js';

/** The paths of the states where a step of the paper is: "1.3" is "instructionTuning.tuning" of a client. */
export function statesOfStep(step: string): readonly string[] {
  const id = `step-${step.replace('.', '-')}`;
  return [clientMachine, serverMachine].flatMap((machine) => {
    const node = nodesOf(machine).find((each) => each.id === id);
    return node ? [node.path.join('.')] : [];
  });
}

function nodesOf({ root }: AnyStateMachine): readonly AnyStateNode[] {
  const within = (node: AnyStateNode): AnyStateNode[] => [
    node,
    ...Object.values(node.states).flatMap(within),
  ];
  return within(root as AnyStateNode);
}
