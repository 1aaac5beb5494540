import type { Type } from "@nestjs/common";

type Decorators = readonly (ClassDecorator | MethodDecorator)[];

/**
 * Puts decorators on a class written without them: this code is compiled without decorators, which only our own package needs. Those of one place
 * are listed as they would stand, from top to bottom.
 */
export function decorate<T>(
  target: Type<T>,
  onClass: Decorators,
  onMethods: Readonly<Record<string, Decorators>> = {},
  onParameters: Readonly<Record<string, readonly ParameterDecorator[]>> = {},
): Type<T> {
  const prototype = target.prototype as object;
  for (const [name, parameters] of Object.entries(onParameters)) {
    for (const [i, decorator] of parameters.entries()) decorator(prototype, name, i);
  }
  for (const [name, decorators] of Object.entries(onMethods)) {
    for (const decorator of decorators.toReversed()) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
      if (descriptor === undefined) throw new Error(`There is no method ${name}.`);
      Object.defineProperty(
        prototype,
        name,
        ((decorator as MethodDecorator)(prototype, name, descriptor) as PropertyDescriptor | undefined) ?? descriptor,
      );
    }
  }
  for (const decorator of onClass.toReversed()) (decorator as ClassDecorator)(target);
  return target;
}
