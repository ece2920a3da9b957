import { mapValues } from '../map-values.js';
import { withOptionalDefaults } from '../scenario/schema-file.js';
import { ScenarioSchema } from '../scenario/schema.js';
import type { SchemaNode } from '../settings/schema-node.js';
import { laidOut } from './laid-out.js';
import { eachOnce, refersTo } from './shared-schemas.js';
import { DrawSchema, StudySchema } from './study.js';

type Node = Readonly<Record<string, unknown>> & { readonly properties?: Readonly<Record<string, Node>> };

/**
 * The text of scenarios/study.schema.json, from which editors complete study files and check them. It knows the paths
 * of a scenario's settings, with what each takes; paths that it does not know, say into a list, are taken as they are.
 * What a path takes is a definition by its name; the paths themselves stand once for one value (`settings`), once for
 * several (`lists`), once for draws (`draws`).
 */
export function studySchemaText(): string {
  const settings = settingsByPath(withOptionalDefaults(plain<SchemaNode>(ScenarioSchema)));
  const study = plain<Node>(StudySchema);
  const { set, vary } = study.properties!;
  const { grid, list, paired, random } = vary!.properties!;
  const { space } = random!.properties!;
  const one = mapValues(settings, (_, path) => refersTo(path));
  const several = mapValues(settings, (_, path) => ({ type: 'array', minItems: 1, items: refersTo(path) }));
  const of = (node: Node | undefined, name: string) => ({ ...node, allOf: [refersTo(name)] });
  return laidOut({
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...withProperties(study, {
      set: of(set, 'settings'),
      vary: withProperties(vary!, {
        grid: of(grid, 'lists'),
        list: { ...list, items: of(list!['items'] as Node, 'settings') },
        paired: of(paired, 'lists'),
        random: withProperties(random!, { space: of(space, 'draws') }),
      }),
    }),
    definitions: {
      settings: { properties: one },
      lists: { properties: several },
      draws: { properties: mapValues(settings, () => refersTo('draw')) },
      draw: plain<Node>(DrawSchema),
      ...eachOnce(settings),
    },
  });
}

function withProperties(node: Node, properties: Readonly<Record<string, Node>>): Node {
  return { ...node, properties: { ...node.properties, ...properties } };
}

/** What names a scenario, and what a study says elsewhere. */
const beside = ['$schema', 'name', 'description', 'seed'];

/** Every setting of a scenario that holds a value, by its path; sections, which hold settings, are left out. */
export function settingsByPath(node: SchemaNode, path = ''): Readonly<Record<string, SchemaNode>> {
  return Object.fromEntries(
    Object.entries(node.properties ?? {})
      .filter(([key]) => path !== '' || !beside.includes(key))
      .flatMap(([key, inner]) => {
        const here = path === '' ? key : `${path}.${key}`;
        const isSection = inner.properties !== undefined && inner.type === 'object';
        return isSection ? Object.entries(settingsByPath(inner, here)) : [[here, inner] as const];
      }),
  );
}

function plain<T>(schema: object): T {
  return JSON.parse(JSON.stringify(schema)) as T;
}
