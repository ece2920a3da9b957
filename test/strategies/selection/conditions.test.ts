import assert from 'node:assert/strict';
import Type from 'typebox';
import { UserError } from '../../../src/errors.js';
import { selection, type OwnStrategies } from '../../../src/index.js';
import { resolveScenario } from '../../../src/scenario/validate.js';

/** The lines with which a selection of three of ten clients is refused. */
function refusal(choice: unknown, own: OwnStrategies = {}): string[] {
  try {
    const server = { selection: choice, selectionFraction: 0.3 };
    resolveScenario({ name: 'x', server, instruction: { maxRounds: 12 } }, undefined, 'x.json', own);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.message.split('\n');
  }
  return [];
}

describe('the options of a selection', () => {
  it('fit the clients that are selected', () => {
    assert.deepEqual(refusal({ name: 'power-of-choice', candidates: 3 }), []);
    assert.deepEqual(refusal({ name: 'power-of-choice', candidates: 2 }), [
      'x.json: /server/selection/candidates: is 2, expected at least 3, the number of clients that are selected',
    ]);
    assert.deepEqual(refusal({ name: 'tifl', tiers: 3 }), []);
    assert.deepEqual(refusal('tifl'), [
      'x.json: /server/selection: is "tifl", expected one whose tiers is at most 3, so that each tier has the 3 ' +
        'clients that are selected',
    ]);
  });

  it('fit the versions of the stages', () => {
    assert.deepEqual(refusal({ name: 'tifl', tiers: 3, credits: 4 }), []);
    assert.deepEqual(refusal({ name: 'tifl', tiers: 3, credits: 3 }), [
      'x.json: /server/selection/credits: is 3, expected at least 4, so that they last for the 12 versions of a stage',
    ]);
  });

  it('are checked in one line where the schema knows better', () => {
    assert.equal(refusal({ name: 'proportional-fair', window: 0 }).length, 1);
    assert.equal(refusal({ name: 'oort', exploration: 2 }).length, 1);
  });

  it('of a user’s own are checked as well', () => {
    const few = selection({
      name: 'few',
      description: 'the first ones',
      options: Type.Object({ most: Type.Integer({ default: 2 }) }),
      misfit: ({ most }, { size }) =>
        most >= size ? null : { option: 'most', expected: `at least ${size}` },
      make:
        ({ most }) =>
        ({ clients }) =>
          clients.slice(0, most),
    });
    assert.deepEqual(refusal({ name: 'few', most: 3 }, { selections: [few] }), []);
    assert.deepEqual(refusal('few', { selections: [few] }), [
      'x.json: /server/selection: is "few", expected one whose most is at least 3',
    ]);
  });

  it('stand beside the name of "all" without asking for a share', () => {
    assert.match(
      refusal({ name: 'all' })[0]!,
      /\/server\/selectionFraction: is 0.3, expected 1 where selection/,
    );
  });
});
