import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'dist',
      'runs',
      'node_modules',
      'dist.*',
      'kernels',
      'scenarios',
      '*.config.js',
      'build.js',
      'page/build.js',
    ],
  },
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    // `setup({ types })` infers from such assertions, which the rule takes for idle.
    files: ['machines/**/*.ts'],
    rules: { '@typescript-eslint/no-unnecessary-type-assertion': 'off' },
  },
  {
    // Below the command line nothing reads the machine's clock or its dice (ARCHITECTURE.md, D2 and D3).
    files: ['src/**/*.ts', 'machines/**/*.ts'],
    ignores: ['src/cli.ts', 'src/cli/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'draw from a keyed stream (src/simulation/random)' },
        { object: 'Date', property: 'now', message: 'use the virtual clock (src/simulation/clock)' },
      ],
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'Date'],
    },
  },
  {
    // A study and a queue are real processes in real time; their dice are keyed all the same.
    files: ['src/study/**/*.ts', 'src/queue/**/*.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    // Each element is an argument: some 120,000 of them, as a user's rows are, overflow the stack.
    files: ['src/**/*.ts', 'machines/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.property.name=/^(push|unshift)$/] > SpreadElement',
          message: 'push one by one, or spread into a new array',
        },
        {
          selector:
            'CallExpression[callee.object.name="Math"][callee.property.name=/^(max|min)$/] > SpreadElement',
          message: 'use greatest or least (src/extremes.ts)',
        },
      ],
    },
  },
);
