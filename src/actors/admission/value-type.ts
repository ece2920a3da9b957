import { parametersIn } from '../../learning/params/param-set.js';
import type { Check } from './check.js';

/** Its values are float32, as many as its shapes say. */
export const valueType: Check = {
  name: 'type',
  readsValues: true,
  of: ({ sets }) => {
    for (const [part, { values, tensors }] of Object.entries(sets)) {
      if (!(values instanceof Float32Array)) return `${part} is not float32`;
      const due = parametersIn(tensors);
      if (values.length !== due) return `${part} has ${values.length} values, its shapes take ${due}`;
    }
    return null;
  },
};
