import "reflect-metadata";
import { Controller, Get, Inject, Injectable, Module, NotFoundException, Param } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { RouteTelemetry, Sampled, TelemetryModule, TelemetryService, Traced } from "@gossamer/nestjs";

@Injectable()
class Greeter {
  @Traced("greet")
  async greet(name: string): Promise<string> {
    return Promise.resolve(`hello ${name}`);
  }
}

@Controller("hello")
@RouteTelemetry({ attributes: { "app.tier": "gold" } })
class HelloController {
  constructor(
    private readonly greeter: Greeter,
    @Inject(TelemetryService) private readonly telemetry: TelemetryService,
  ) {}

  @Get(":name")
  @Sampled(1)
  async hello(@Param("name") name: string): Promise<{ greeting: string; traceId: string | undefined }> {
    if (name === "nobody") throw new NotFoundException();
    return { greeting: await this.greeter.greet(name), traceId: this.telemetry.traceId() };
  }
}

@Module({
  imports: [TelemetryModule.forRoot({ serviceName: "hello", exporter: "otlp" })],
  controllers: [HelloController],
  providers: [Greeter],
})
class AppModule {}

/** Asks the service once, says what it answered, and ends it. */
async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ["error", "warn"] });
  await app.listen(0, "127.0.0.1");
  const response = await fetch(`${await app.getUrl()}/hello/world`);
  const body = await response.json();
  await app.close();
  console.log(JSON.stringify({ status: response.status, body }));
}

void main();
