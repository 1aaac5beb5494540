import { Catch, type ExceptionFilter } from "@nestjs/common";
import { activeEngine } from "./active-engine.ts";

/**
 * An error class that none is an instance of, and that is asked.
 *
 * Nest finds the filter of an error by asking each filter's classes in turn. This one notes the error and says no: so it learns of what guards,
 * pipes, interceptors and handlers threw exactly when Nest is about to answer it, and every filter of the service does what it did.
 */
class AnyError {
  static [Symbol.hasInstance](error: unknown): boolean {
    activeEngine()?.current()?.failedWith(error);
    return false;
  }
}

/** A filter that is asked and never chosen. */
@Catch(AnyError)
class ErrorObserver implements ExceptionFilter {
  catch(): void {
    throw new Error("A filter whose class has no instances cannot be chosen.");
  }
}

/** One for the process: it keeps nothing, and is noted on the service's own handlers. */
export const errorObserver: ExceptionFilter = new ErrorObserver();
