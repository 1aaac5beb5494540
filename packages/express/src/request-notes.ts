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
  #notes: RequestNotes = { route: undefined, template: undefined, given: [] };

  static read(request: object): RequestNotes | undefined {
    return #notes in request ? request.#notes : undefined;
  }
}

/** So that a service where no request has notes does not look for them. */
let someNotes = false;

/** The notes of a request, made now if there are none. */
export function notesOn(request: object): RequestNotes {
  someNotes = true;
  const known = NotesField.read(request);
  if (known !== undefined) return known;
  new NotesField(request);
  return NotesField.read(request)!;
}

/** The notes of a request, if it has any. */
export function notesOf(request: object): RequestNotes | undefined {
  return someNotes ? NotesField.read(request) : undefined;
}
