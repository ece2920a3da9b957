// Which file may import which. Imports of types count like any other.

const upper = '^src/(actors|records|run|cli)/';

export default {
  forbidden: [
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'machines-import-handles-objectives-attempts-and-lists-alone',
      severity: 'error',
      from: { path: '^machines/' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(keyed-list|appended|learning/(objective|params/(memory|param-set))|radio/channel/attempts)\\.ts$',
      },
    },
    {
      name: 'machines-import-no-code-of-src',
      severity: 'error',
      from: { path: '^machines/' },
      to: { path: '^src/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'model-imports-nothing-above-it',
      severity: 'error',
      from: { path: '^src/learning/model/' },
      to: { path: '^(machines|src/(learning/(clients|data|training)|radio|scenario|strategies))/' },
    },
    {
      name: 'simulation-radio-and-learning-import-nothing-above-them',
      severity: 'error',
      from: { path: '^src/(simulation|radio/channel|learning)/' },
      to: { path: upper },
    },
    {
      name: 'only-the-command-imports-its-folder',
      severity: 'error',
      from: { pathNot: '^(src/cli(/|\\.ts$)|test/)' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'the-reproduction-goes-by-studies-and-records',
      severity: 'error',
      from: { path: '^src/reproduction/' },
      to: { path: '^src/(actors|run|simulation)/' },
    },
    {
      name: 'only-the-command-and-studies-import-the-reproduction',
      severity: 'error',
      from: { pathNot: '^(src/(reproduction|cli)/|studies/|test/)' },
      to: { path: '^src/reproduction/' },
    },
    {
      name: 'the-package-stands-alone',
      severity: 'error',
      from: { path: '^(src|machines)/' },
      to: { path: '^(bench|studies|soak|test)/' },
    },
  ],
  options: { tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' } },
};
