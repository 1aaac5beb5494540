// What `reflect-metadata` adds to `Reflect`. Nest loads it; its types would be one more dependency of ours.
interface MetadataReflect {
  getMetadata(key: unknown, target: object): unknown;
  getMetadataKeys(target: object): unknown[];
  defineMetadata(key: unknown, value: unknown, target: object): void;
}

const reflect = Reflect as unknown as MetadataReflect;

/** Metadata of a class or a function, or of what the class extends. */
export function readMetadata(key: unknown, target: object): unknown {
  return reflect.getMetadata(key, target);
}

export function writeMetadata(key: unknown, value: unknown, target: object): void {
  reflect.defineMetadata(key, value, target);
}

/** Gives a function that takes another's place all that Nest and the service noted on the other. */
export function copyMetadata(from: object, to: object): void {
  for (const key of reflect.getMetadataKeys(from)) reflect.defineMetadata(key, reflect.getMetadata(key, from), to);
}
