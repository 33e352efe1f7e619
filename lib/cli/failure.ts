/** What the exit code of `latchkey` says. Scripts compare them, so they stay. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  /** The command or a value is wrong. */
  usage: 2,
  /** There is no token, or the portal refuses it. */
  signedOut: 3,
  /** It is not there, or not for this person. */
  notAllowed: 4,
  /** The rules refuse the change as things stand. */
  refused: 5,
  /** Too many requests, or the portal cannot be reached. */
  tryLater: 6,
  /** The storage system did not do it. */
  storage: 7,
  /** The person did not confirm. */
  unconfirmed: 8,
  /** A check of `doctor` failed. */
  unhealthy: 9,
  /** An export of the audit log is not what the portal wrote. */
  damaged: 10,
} as const;

/** What went wrong, as a sentence for the person, and the exit code. */
export class Failure extends Error {
  /** Why the rules of the portal refused the change, if they did. */
  readonly reason: string | undefined;

  constructor(
    readonly exit: keyof typeof EXIT,
    sentence: string,
    { reason, ...options }: ErrorOptions & { reason?: string | undefined } = {},
  ) {
    super(sentence, options);
    this.reason = reason;
  }
}
