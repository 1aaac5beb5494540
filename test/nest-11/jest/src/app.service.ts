import { Injectable } from "@nestjs/common";
import { Traced } from "@gossamer/nestjs";

@Injectable()
export class AppService {
  @Traced("greet")
  greet(name: string): string {
    return `Hello ${name}!`;
  }
}
