import Type from 'typebox';
import { drawnBy, greatestOf, inOrder } from './picks.js';
import { selection } from './selection.js';

/**
 * Of d candidates, drawn without replacement with probability proportional to their rows, those with the
 * highest loss (Cho, Wang and Joshi, "Client selection in federated learning: convergence analysis and
 * power-of-choice selection strategies", arXiv 2010.01243). The loss is what a client reported last, as in
 * their variant without further messages (rpow-d), and not one of the present model measured for the purpose;
 * who never reported one comes first.
 */
export const powerOfChoice = selection({
  name: 'power-of-choice',
  description: 'those of some candidates with the highest loss',
  options: Type.Object({
    candidates: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
      default: null,
      description:
        'how many are drawn to choose from: d, at most all clients; null: twice as many as take part',
    }),
  }),
  misfit: ({ candidates }, { size }) =>
    candidates === null || candidates >= size
      ? null
      : { option: 'candidates', expected: `at least ${size}, the number of clients that are selected` },
  make:
    ({ candidates }) =>
    ({ clients, size, history, profiles }, draw) => {
      // A discipline may ask for more clients than the scenario's share, or for fewer.
      const d = Math.max(size, candidates ?? 2 * size);
      const drawn = drawnBy((client) => profiles[client]!.rows, clients, d, draw);
      return inOrder(
        clients,
        greatestOf(drawn, size, (client) => history[client]!.loss ?? Infinity),
      );
    },
});
