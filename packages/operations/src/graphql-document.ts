/** What is looked at of a parsed GraphQL document; `graphql` itself gives more. */
export interface GraphqlDocument {
  readonly definitions: readonly GraphqlDefinition[];
}

export interface GraphqlDefinition {
  readonly kind: string;
  /** `query`, `mutation` or `subscription` of what is an operation. */
  readonly operation?: string;
  readonly name?: { readonly value: string } | undefined;
}

/** The operation of a document that is executed: the one of that name, or the only one. */
export function operationOf(document: GraphqlDocument, name: string | null | undefined): GraphqlDefinition | undefined {
  const operations = document.definitions.filter(({ kind }) => kind === "OperationDefinition");
  if (name === undefined || name === null || name === "") return operations.length === 1 ? operations[0] : undefined;
  return operations.find((operation) => operation.name?.value === name);
}
