import { mapValues } from '../map-values.js';
import { withOptionalDefaults } from '../scenario/schema-file.js';
import { ScenarioSchema } from '../scenario/schema.js';
import type { SchemaNode } from '../settings/schema-node.js';
import { DrawSchema, StudySchema } from './study.js';

type Node = Readonly<Record<string, unknown>> & { readonly properties?: Readonly<Record<string, Node>> };

/**
 * The text of scenarios/study.schema.json, from which editors complete study files and check them. It knows the paths
 * of a scenario's settings, with what each takes; paths that it does not know, say into a list, are taken as they are.
 */
export function studySchemaText(): string {
  const settings = settingsByPath(withOptionalDefaults(plain<SchemaNode>(ScenarioSchema)));
  const study = plain<Node>(StudySchema);
  const { set, vary, ...others } = study.properties!;
  const { grid, list, paired, random } = vary!.properties!;
  const one = mapValues(settings, (_, path) => refersTo(path));
  const several = mapValues(settings, ({ description = '' }, path) => ({
    ...{ type: 'array', minItems: 1, description },
    items: refersTo(path),
  }));
  const space = random!.properties!['space']!;
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...study,
    properties: {
      ...others,
      set: { ...set, properties: one },
      vary: {
        ...vary,
        properties: {
          grid: { ...grid, properties: several },
          list: { ...list, items: { ...(list!['items'] as Node), properties: one } },
          paired: { ...paired, properties: several },
          random: {
            ...random,
            properties: {
              ...random!.properties,
              space: { ...space, properties: mapValues(settings, () => refersTo('draw')) },
            },
          },
        },
      },
    },
    definitions: { ...settings, draw: plain<SchemaNode>(DrawSchema) },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

const refersTo = (name: string) => ({ $ref: `#/definitions/${name}` });

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
