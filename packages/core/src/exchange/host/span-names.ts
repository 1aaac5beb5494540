import type { MethodTable } from "../../limits/methods.ts";
import type { Route } from "../../model/route.ts";

/** The names of server spans, made once a route and method: that of the operation, `{method} {route}`, or the method alone; `HTTP` in place of an unknown one. */
export class SpanNames {
  readonly #methods: readonly string[];
  readonly #byRoute: string[][] = [];

  constructor(methods: MethodTable) {
    this.#methods = methods.names.map((name, index) => (index === 0 ? "HTTP" : name));
  }

  get(methodIndex: number, route: Route | undefined): string {
    const method = this.#methods[methodIndex] ?? "HTTP";
    if (route === undefined) return method;
    if (route.id < 0) return spanName(method, route);
    const names = (this.#byRoute[route.id] ??= []);
    return (names[methodIndex] ??= spanName(method, route));
  }
}

/** The name of a request's span: that of the rule for it takes the place of the route. */
export function nameByRule(
  { name, method, methodIndex }: { readonly name: string; readonly method: string; readonly methodIndex: number },
  spanNameOfRule: string | undefined,
): string {
  if (spanNameOfRule === undefined) return name;
  return `${methodIndex === 0 ? "HTTP" : method} ${spanNameOfRule}`;
}

function spanName(method: string, route: Route): string {
  if (route.operation !== undefined) return route.operation.spanName;
  const name = route.options.name ?? route.template;
  return name === "" ? method : `${method} ${name}`;
}
