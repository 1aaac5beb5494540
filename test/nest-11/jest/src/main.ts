import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module";

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, "127.0.0.1");
  const response = await fetch(`${await app.getUrl()}/hello/world`);
  console.log(await response.text());
  await app.close();
}
void bootstrap();
