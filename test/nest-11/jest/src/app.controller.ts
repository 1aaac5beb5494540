import { Controller, Get, Param } from "@nestjs/common";
import { RouteTelemetry, TelemetryService } from "@gossamer/nestjs";
import { AppService } from "./app.service";

@Controller()
export class AppController {
  constructor(
    private readonly app: AppService,
    private readonly telemetry: TelemetryService,
  ) {}

  @Get("hello/:name")
  @RouteTelemetry({ attributes: { "app.tier": "gold" } })
  hello(@Param("name") name: string): string {
    this.telemetry.annotate({ "app.name": name });
    return this.app.greet(name);
  }
}
