import assert from 'node:assert/strict';
import { clientMachine } from '../../machines/client.js';
import { serverMachine } from '../../machines/server.js';

interface Node {
  readonly id: string;
  readonly description?: string | undefined;
  readonly states: Readonly<Record<string, Node>>;
}

/** Ids and descriptions of all states below a node. */
function states(node: Node): { id: string; description: string | undefined }[] {
  return Object.values(node.states).flatMap((state) => [
    { id: state.id, description: state.description },
    ...states(state),
  ]);
}

// Who does what: the table in ARCHITECTURE.md, after section IV-D of the paper.
const owners = [
  { machine: serverMachine, steps: ['1.1', '1.4', '1.5', '2.1', '2.4', '2.5', '3.4', '3.5'] },
  { machine: clientMachine, steps: ['1.2', '1.3', '2.2', '2.3', '3.1', '3.2', '3.3'] },
];

describe('the statecharts', () => {
  for (const { machine, steps } of owners) {
    for (const step of steps) {
      it(`give Step ${step} a state of the ${machine.id}, by id and description`, () => {
        const state = states(machine.root).find(({ id }) => id === `step-${step.replace('.', '-')}`);
        assert.ok(state, `no state of the ${machine.id} is called after Step ${step}`);
        assert.match(state.description ?? '', new RegExp(`^Step ${step}: `));
      });
    }
  }

  it('describe every state', () => {
    for (const { machine } of owners) {
      for (const { id, description } of states(machine.root))
        assert.ok(description, `${id} has no description`);
    }
  });
});
