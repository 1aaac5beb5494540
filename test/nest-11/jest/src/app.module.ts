import { Module } from "@nestjs/common";
import { TelemetryModule } from "@gossamer/nestjs";
import { AppController } from "./app.controller";
import { AppService } from "./app.service";

@Module({
  imports: [TelemetryModule.forRoot({ serviceName: "hello" })],
  controllers: [AppController],
  providers: [AppService],
})
export class AppModule {}
