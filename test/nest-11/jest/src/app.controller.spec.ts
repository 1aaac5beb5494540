// A test that never mentions telemetry: the first thing of a user's that breaks where a package cannot be loaded.
import { AppService } from "./app.service";

describe("AppService", () => {
  it("greets", () => {
    expect(new AppService().greet("you")).toBe("Hello you!");
  });
});
