import { checkForm } from '../../../src/scenario/validate.js';
import type { Scenario } from '../../../src/scenario/schema.js';

type Data = Partial<Omit<Scenario['data'], 'synthetic'>> & {
  synthetic?: Partial<Scenario['data']['synthetic']>;
};

/** A scenario with the schema's defaults but for the given data and number of clients. */
export function scenarioWith(data: Data, clients = 10): Scenario {
  const { scenario } = checkForm({ name: 'test', clients: { count: clients }, data });
  if (!scenario) throw new Error('the test asks for a scenario that is none');
  return scenario;
}
