import { InvariantViolation } from '../records/invariants/checker.js';

/** The first thing that went wrong in a run; later ones are its consequences. */
export class Failure {
  #cause: Error | null = null;

  report(cause: unknown): void {
    this.#cause ??= cause instanceof Error ? cause : new Error(String(cause));
  }

  /** Does something where an exception would get lost, and reports what it throws. */
  guard(action: () => void): void {
    try {
      action();
    } catch (cause) {
      this.report(cause);
    }
  }

  get happened(): boolean {
    return this.#cause !== null;
  }

  /** The message, with those of the errors behind it. */
  get message(): string {
    return this.#chain()
      .map(({ message }) => message)
      .join(': ');
  }

  /** The last events of the run where it broke an invariant; else none. */
  get lastEvents(): readonly string[] {
    const violation = this.#chain().find((error) => error instanceof InvariantViolation);
    return violation?.lastEvents ?? [];
  }

  /** The error and those behind it, outermost first. */
  #chain(): Error[] {
    const chain: Error[] = [];
    for (let cause: unknown = this.#cause; cause instanceof Error; cause = cause.cause) chain.push(cause);
    return chain;
  }
}
