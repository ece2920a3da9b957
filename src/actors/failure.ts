/** The first thing that went wrong in a run; later ones are its consequences. */
export class Failure {
  #cause: unknown = null;

  report(cause: unknown): void {
    this.#cause ??= cause ?? 'an unknown cause';
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
    const messages: string[] = [];
    for (let cause = this.#cause; cause !== undefined && cause !== null; ) {
      messages.push(cause instanceof Error ? cause.message : String(cause));
      cause = cause instanceof Error ? cause.cause : undefined;
    }
    return messages.join(': ');
  }

  /** Where it happened, for the log: the stack of the innermost error. */
  get stack(): string | undefined {
    let cause = this.#cause;
    while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
    return cause instanceof Error ? cause.stack : undefined;
  }
}
