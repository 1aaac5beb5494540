// A wrong option is an error at start, that names what it must be.
import { createTelemetry, OptionError } from "@gossamer/core";

try {
  createTelemetry({ sampleRatio: 2 });
} catch (error) {
  console.log(error instanceof OptionError, (error as Error).message);
}

// Prints:
// true Option "sampleRatio" must be a number from 0 to 1, got 2.
