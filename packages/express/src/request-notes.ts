import { Adopted, type RouteOptions } from "@gossamer/core/adapter";
import type { ExpressRoute } from "./express-types.ts";

/** Options that a request came by. */
export interface GivenOptions {
  /** What `telemetry.route` answered: where it stands says for which routes it holds. */
  readonly handler: object;
  /** The route that was matched by then. */
  readonly route: ExpressRoute | undefined;
  readonly options: RouteOptions;
}

/** What the adapter notes of one request; most have nothing. */
export interface RequestNotes {
  /** The route for which `template` was noted. */
  route: ExpressRoute | undefined;
  /** Noted when the route was matched, where it depends on the request. */
  template: string | undefined;
  /** Given by `telemetry.route`, in the order in which the request came by. */
  readonly given: GivenOptions[];
}

/**
 * Puts our notes on a request as a private field: nobody can see, list or copy it, and its shape stays what Express made. A WeakMap does the
 * same at fifteen times the cost.
 */
class NotesField extends Adopted {
  /** So that a service where no request has notes does not look for them. */
  static some = false;

  #notes: RequestNotes = { route: undefined, template: undefined, given: [] };

  static read(request: object): RequestNotes | undefined {
    return #notes in request ? request.#notes : undefined;
  }
}

const fieldKey = Symbol.for("gossamer.express.notes");
const shared = globalThis as { [fieldKey]?: typeof NotesField };
/** One for all copies of this package: one may have made the app's telemetry, and another the options of a router. */
const Field = (shared[fieldKey] ??= NotesField);

/** The notes of a request, made now if there are none. */
export function notesOn(request: object): RequestNotes {
  Field.some = true;
  const known = Field.read(request);
  if (known !== undefined) return known;
  new Field(request);
  return Field.read(request)!;
}

/** The notes of a request, if it has any. */
export function notesOf(request: object): RequestNotes | undefined {
  return Field.some ? Field.read(request) : undefined;
}
