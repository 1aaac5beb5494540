/** A mistake in a list of rules. The message says what, expected and got; the place says where. */
export class RuleError extends Error {
  override readonly name = "RuleError";
  /** Its place in the list, from 0. */
  readonly index: number;
  /** The member that is wrong; undefined when it is the rule as a whole. */
  readonly member: string | undefined;
  /** What the rule is called. */
  readonly rule: string;

  constructor(place: { index: number; member?: string | undefined; rule: string }, message: string) {
    super(message);
    this.index = place.index;
    this.member = place.member;
    this.rule = place.rule;
  }
}
