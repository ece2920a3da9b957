import { afterDelay, type Mishaps } from '../simulation/mishaps.js';
import type { Journal } from './task-journal.js';

/** A journal that is slow, or whose entries are not written, or twice. */
export function unluckyJournal(journal: Journal, mishaps: Mishaps): Journal {
  return {
    get damaged() {
      return journal.damaged;
    },
    find: async (key) => {
      await afterDelay(mishaps.at('journal-find', key));
      return journal.find(key);
    },
    keep: async (key, kind, result) => {
      const mishap = await afterDelay(mishaps.at('journal-keep', key));
      if (mishap === 'fail') throw new Error('a mishap of the soak kept the journal from writing');
      if (mishap === 'repeat') await journal.keep(key, kind, result);
      await journal.keep(key, kind, result);
    },
  };
}
