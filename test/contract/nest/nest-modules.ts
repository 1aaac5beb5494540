import type { IncomingMessage } from "node:http";
import type * as common from "@nestjs/common";
import type * as core from "@nestjs/core";
import type * as testing from "@nestjs/testing";
import type * as microservices from "@nestjs/microservices";
import type * as gossamer from "@gossamer/nestjs";
import type { RunningApp } from "@gossamer/testing/contract";

/** One version of Nest with our package for it, as one installation resolves them. By their types the versions are one. */
export interface NestModules {
  readonly common: typeof common;
  readonly core: typeof core;
  readonly gossamer: typeof gossamer;
  readonly microservices: typeof microservices;
  readonly testing: typeof testing;
  readonly platform: NestPlatform;
}

/** What differs between Express and Fastify for an application of Nest. */
export interface NestPlatform {
  readonly name: "express" | "fastify";
  /** A platform of its own for each application. */
  adapter(options?: PlatformOptions): core.AbstractHttpAdapter;
  /** Registers what runs for each request as early as this platform lets an application. */
  beforeRouting(app: common.INestApplication, handle: (request: IncomingMessage) => Promise<void>): void;
  /** Serves an application that was initialised, on a free port of 127.0.0.1. */
  serve(adapter: core.AbstractHttpAdapter, options: PlatformOptions): Promise<RunningApp>;
  /** An interceptor for multipart bodies, if the platform brings one. */
  readonly anyFiles?: () => common.Type<common.NestInterceptor>;
}

export interface PlatformOptions {
  readonly protocol: "http1" | "tls" | "http2";
  readonly tls: { readonly key: Buffer; readonly cert: Buffer };
}
