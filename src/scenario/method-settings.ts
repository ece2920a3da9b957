import Type from 'typebox';
import type { Alignment } from '../learning/training/algorithms/settings.js';
import type { Reward } from '../learning/training/reward-models/settings.js';
import type { Instruction } from '../learning/training/settings.js';
import { pointerSegment, segmentKey, type Problem } from '../settings/problem.js';
import type { SchemaNode } from '../settings/schema-node.js';
import type { Named } from '../settings/choice.js';
import { isRecord, mergedKeys, type Keyed } from './merged.js';

/*
 * Settings that hold where the run's method is this one. They come after the scenario's own and before those of the
 * command line, and are resolved as a scenario is read: a frozen scenario has the values in their places, and no
 * `methodSettings`. Else a manifest's scenario, read again, would take back what the command line had set.
 */

export interface SettingsOfMethod {
  readonly instruction?: Partial<Instruction>;
  readonly reward?: Partial<Reward>;
  readonly alignment?: Partial<Alignment>;
}

export type MethodSettings = Readonly<Record<string, SettingsOfMethod>>;

/** The schema of `methodSettings` for methods of these names; `sections` are those of the scenario itself. */
export const methodSettings = (
  methods: readonly string[],
  sections: Readonly<Record<keyof SettingsOfMethod, object>>,
) =>
  Type.Optional(
    Type.Unsafe<MethodSettings>({
      type: 'object',
      propertyNames: { enum: methods },
      additionalProperties: {
        ...partly({ type: 'object', additionalProperties: false, properties: nodesOf(sections) }),
        description: 'settings that take the place of the scenario’s own where this is the method',
      },
      description:
        'by method: settings of `instruction`, `reward` and `alignment` that hold in runs of that method; those of ' +
        'the command line come after them',
    }),
  );

/** The scenario's schema in which these methods can have settings too. */
export function withSettingsOf(methods: readonly Named[], schema: SchemaNode): SchemaNode {
  const { properties = {} } = schema;
  const { propertyNames, ...node } = properties['methodSettings'] ?? {};
  const names = [...(propertyNames?.enum ?? []), ...methods.map(({ name }) => name)];
  const extended = { ...node, propertyNames: { enum: [...new Set(names)] } };
  return { ...schema, properties: { ...properties, methodSettings: extended } };
}

/** The same settings, none of which has to be written, and without defaults, which would be written for them. */
function partly({ properties, required: _, default: __, ...rest }: SchemaNode): SchemaNode {
  const parts = Object.entries(properties ?? {}).map(([key, node]) => [key, partly(node)] as const);
  return { ...rest, ...(properties && { properties: Object.fromEntries(parts) }) };
}

const nodesOf = (sections: object) => JSON.parse(JSON.stringify(sections)) as Record<string, SchemaNode>;

/** A scenario, of the right form, with the settings of its method in their places. */
export function withSettingsOfMethod(scenario: Keyed, method: string): Keyed {
  return mergedKeys(scenario, settingsOf(scenario, method));
}

export function withoutMethodSettings({ methodSettings: _, ...scenario }: Keyed): Keyed {
  return scenario;
}

/** A problem with what the settings of the method say, by where they say it; any other as it is. */
export function placedInMethod(scenario: Keyed, method: string, problem: Problem): Problem {
  const path = problem.pointer.split('/').slice(1).map(segmentKey);
  const value = path.reduce<unknown>(
    (at, key) => (isRecord(at) ? at[key] : undefined),
    settingsOf(scenario, method),
  );
  if (path.length === 0 || value === undefined) return problem;
  return { ...problem, pointer: `/methodSettings/${pointerSegment(method)}${problem.pointer}` };
}

function settingsOf({ methodSettings }: Keyed, method: string): Keyed {
  const settings = isRecord(methodSettings) ? methodSettings[method] : undefined;
  return isRecord(settings) ? settings : {};
}
