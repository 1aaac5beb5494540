/** Returns from its constructor the object it was given, so that a class built on it adds its fields to that object. */
export class Adopted {
  constructor(target: object) {
    return target;
  }
}
