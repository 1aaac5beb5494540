import { OperationTable } from "../limits/operation-table.ts";

/** For services that name what requests do: others need no table of names. */
export function createOperations(maxNames: number): OperationTable {
  return new OperationTable(maxNames);
}
