export type Method = (this: object, ...args: unknown[]) => unknown;

const covering = new WeakSet<object>();

/**
 * Covers a method of a prototype: those that inherit from it call `around`, which calls on.
 *
 * What the prototype inherits is looked up at each call, so that whoever patches it later, or gives it another prototype, is called as well. A method
 * that is covered stays as it is, and one that is not there too. It is as enumerable as what it covers: `for … in` lists what it listed before.
 */
export function coverMethod(prototype: object, name: string, around: (callOn: Method) => Method): void {
  const covered: unknown = Reflect.get(prototype, name);
  if (typeof covered !== "function" || covering.has(covered)) return;
  const callOn: Method = Object.hasOwn(prototype, name)
    ? (covered as Method)
    : function (...args) {
        // A plain read: `Reflect.get` costs each request that comes by ten times as much.
        const inherited = Object.getPrototypeOf(prototype) as Readonly<Record<string, Method>>;
        return Reflect.apply(inherited[name]!, this, args);
      };
  const method = around(callOn);
  for (const key of ["name", "length"] as const) Object.defineProperty(method, key, { value: covered[key] });
  covering.add(method);
  Object.defineProperty(prototype, name, {
    configurable: true,
    enumerable: isEnumerable(prototype, name),
    writable: true,
    value: method,
  });
}

function isEnumerable(target: object, name: string): boolean {
  for (let holder: object | null = target; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    const found = Object.getOwnPropertyDescriptor(holder, name);
    if (found !== undefined) return found.enumerable === true;
  }
  return false;
}
